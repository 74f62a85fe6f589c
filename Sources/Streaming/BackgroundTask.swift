internal import Foundation

/// One piece of work on a thread of its own, whose failure waits for whoever asks.
///
/// All mutable state is behind `condition`, hence the unchecked conformance.
public final class BackgroundTask: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<Void, any Error>?

    /// Starts `work`, which must not touch what others use meanwhile.
    public init(_ work: @escaping @Sendable () throws -> Void) {
        let thread = Thread {
            let result = Result { try work() }
            self.condition.lock()
            self.result = result
            self.condition.broadcast()
            self.condition.unlock()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the end of the work; throws what it threw.
    public func wait() throws {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result { return try result.get() }
            condition.wait()
        }
    }
}
