internal import Foundation

/// A step of a pipeline that runs on a crew's threads and gives its results in the order of its input.
///
/// `submit` and `takeFirst` belong to one thread; at most `capacity` items are under way, which bounds memory. All
/// mutable state is behind `condition`, hence the unchecked conformance.
public final class OrderedStage<Input: Sendable, Output: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var window: OrderedWindow<Input, Output>
    private let crew: ThreadCrew
    private let urgency: ThreadCrew.Urgency
    private let transform: @Sendable (Input) throws -> Output

    /// - Parameters:
    ///   - crew: whose threads do the work.
    ///   - urgency: how it stands to the crew's other work.
    ///   - capacity: items under way at most.
    ///   - transform: makes an output of an item.
    public init(
        _ crew: ThreadCrew, urgency: ThreadCrew.Urgency = .ordinary, capacity: Int,
        transform: @escaping @Sendable (Input) throws -> Output
    ) {
        self.crew = crew
        self.urgency = urgency
        self.transform = transform
        window = OrderedWindow(capacity: max(1, capacity))
    }

    /// Whether another item may be submitted.
    public var hasRoom: Bool { locked { !window.isFull } }
    /// Whether nothing is under way.
    public var isEmpty: Bool { locked { window.isEmpty } }

    /// Takes an item on; only while there is room.
    public func submit(_ input: Input) {
        locked { window.append(input) }
        crew.submit(urgency) { self.step() }
    }

    /// Waits for the oldest item's result, nil when nothing is under way; throws what its transformation threw.
    public func takeFirst() throws -> Output? {
        let result: Result<Output, any Error>? = locked {
            while !window.isEmpty {
                if let result = window.takeFirst() { return result }
                condition.wait()
            }
            return nil
        }
        return try result?.get()
    }

    /// The oldest item's result if it is there already.
    public func takeFirstIfDone() throws -> Output? { try locked { window.takeFirst() }?.get() }

    private func step() {
        guard let (index, input) = locked({ window.begin() }) else { return }
        let result = Result { try transform(input) }
        locked {
            window.finish(index, result)
            condition.signal()
        }
    }

    private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }
}
