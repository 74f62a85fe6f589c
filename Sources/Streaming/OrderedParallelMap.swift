internal import Foundation

/// The state of an ordered map: a ring of slots, filled in order, finished in any order, drained in order.
struct OrderedWindow<Input, Output> {
    enum Slot {
        case waiting(Input)
        case running
        case done(Result<Output, any Error>)
    }

    private(set) var slots: [Slot] = []
    private(set) var firstIndex = 0
    private var nextWaiting = 0
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var isFull: Bool { slots.count >= capacity }
    var isEmpty: Bool { slots.isEmpty }

    mutating func append(_ input: Input) { slots.append(.waiting(input)) }

    /// The oldest item nobody has begun, with its index.
    mutating func begin() -> (index: Int, input: Input)? {
        let position = nextWaiting - firstIndex
        guard position < slots.count, case .waiting(let input) = slots[position] else { return nil }
        slots[position] = .running
        nextWaiting += 1
        return (nextWaiting - 1, input)
    }

    mutating func finish(_ index: Int, _ result: Result<Output, any Error>) {
        slots[index - firstIndex] = .done(result)
    }

    /// The oldest item's result, if it is there.
    mutating func takeFirst() -> Result<Output, any Error>? {
        guard let first = slots.first, case .done(let result) = first else { return nil }
        slots.removeFirst()
        firstIndex += 1
        return result
    }
}

/// Maps a pulled sequence over worker threads and hands the results on in the order of the input.
///
/// `source` and `consume` run on the calling thread, `transform` on `jobs` threads of its own (so it may block).
/// At most `window` items are under way, which bounds memory. The outcome does not depend on `jobs`. The first error
/// of any of the three, in input order, ends the map and is thrown once every running item has ended.
/// - Parameters:
///   - jobs: worker threads, at least 1.
///   - window: items under way at most; 0 means four for each job.
///   - source: gives the next item, nil at the end.
///   - transform: makes an output of an item.
///   - consume: takes the outputs, in order.
public func orderedParallelMap<Input: Sendable, Output: Sendable>(
    jobs: Int, window: Int = 0,
    source: () throws -> Input?,
    transform: @escaping @Sendable (Input) throws -> Output,
    consume: (Output) throws -> Void
) throws {
    let pool = OrderedMapWorkers(
        jobs: max(1, jobs), capacity: window > 0 ? window : 4 * max(1, jobs), transform: transform)
    defer { pool.stop() }
    var ended = false
    var sourceError: (any Error)?
    while true {
        try Cancellation.check()
        while !ended, pool.hasRoom {
            do {
                if let item = try source() { pool.submit(item) } else { ended = true }
            } catch {
                // What was pulled before is consumed first, so that the outcome does not depend on the window.
                (sourceError, ended) = (error, true)
            }
        }
        guard let result = pool.takeFirst() else {
            if let sourceError { throw sourceError }
            return
        }
        try consume(result.get())
    }
}

/// The threads behind `orderedParallelMap`.
///
/// All mutable state is behind `condition`, hence the unchecked conformance.
private final class OrderedMapWorkers<Input: Sendable, Output: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var window: OrderedWindow<Input, Output>
    private var stopping = false
    private var alive: Int
    private let transform: @Sendable (Input) throws -> Output

    init(jobs: Int, capacity: Int, transform: @escaping @Sendable (Input) throws -> Output) {
        window = OrderedWindow(capacity: capacity)
        alive = jobs
        self.transform = transform
        for _ in 0..<jobs {
            let thread = Thread { self.work() }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }

    var hasRoom: Bool { locked { !window.isFull } }

    func submit(_ input: Input) {
        locked {
            window.append(input)
            condition.broadcast()
        }
    }

    /// Waits for the oldest item; nil when there is none.
    func takeFirst() -> Result<Output, any Error>? {
        locked {
            while !window.isEmpty {
                if let result = window.takeFirst() { return result }
                condition.wait()
            }
            return nil
        }
    }

    func stop() {
        locked {
            stopping = true
            condition.broadcast()
            while alive > 0 { condition.wait() }
        }
    }

    private func work() {
        while let (index, input) = next() {
            let result = Result { try transform(input) }
            locked {
                window.finish(index, result)
                condition.broadcast()
            }
        }
        locked {
            alive -= 1
            condition.broadcast()
        }
    }

    private func next() -> (index: Int, input: Input)? {
        locked {
            while !stopping {
                if let item = window.begin() { return item }
                condition.wait()
            }
            return nil
        }
    }
}
