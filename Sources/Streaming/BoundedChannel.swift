internal import Foundation

/// A queue between one producing thread and one consumer that holds at most `capacity` items.
///
/// All mutable state is behind `condition`, hence the unchecked conformance.
public final class BoundedChannel<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [Element] = []
    private var failure: (any Error)?
    private var finished = false
    private var closed = false
    private let capacity: Int

    /// Starts `produce` on a thread of its own; it is called until it returns nil or throws.
    /// - Parameters:
    ///   - capacity: items made ahead at most.
    ///   - produce: gives the next item, nil at the end.
    public init(capacity: Int, produce: @escaping @Sendable () throws -> Element?) {
        self.capacity = max(1, capacity)
        let thread = Thread { self.run(produce) }
        thread.stackSize = 8 << 20
        thread.start()
    }

    private func run(_ produce: @Sendable () throws -> Element?) {
        do {
            while waitForRoom(), let item = try produce() { put(item) }
            finish(nil)
        } catch {
            finish(error)
        }
    }

    private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }

    private func waitForRoom() -> Bool {
        locked {
            while items.count >= capacity && !closed { condition.wait() }
            return !closed
        }
    }

    private func put(_ item: Element) {
        locked {
            items.append(item)
            condition.broadcast()
        }
    }

    private func finish(_ error: (any Error)?) {
        locked {
            failure = error
            finished = true
            condition.broadcast()
        }
    }

    /// The next item, nil at the end; throws what the producer threw.
    public func next() throws -> Element? {
        try locked {
            while items.isEmpty && !finished { condition.wait() }
            if let item = items.first {
                items.removeFirst()
                condition.broadcast()
                return item
            }
            if let failure { throw failure }
            return nil
        }
    }

    /// Tells the producer that nobody listens any more and waits until it has ended.
    public func close() {
        locked {
            closed = true
            items.removeAll()
            condition.broadcast()
            while !finished { condition.wait() }
        }
    }
}
