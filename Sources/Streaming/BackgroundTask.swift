internal import Foundation

/// One piece of work on a thread of its own, whose result waits for whoever asks.
///
/// All mutable state is behind `condition`, hence the unchecked conformance.
public final class BackgroundTask<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<Value, any Error>?

    /// Starts `work`, which must not touch what others use meanwhile.
    public init(_ work: @escaping @Sendable () throws -> Value) {
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
    public func wait() throws(Failure) -> Value {
        condition.lock()
        defer { condition.unlock() }
        while true {
            switch result {
            case .success(let value): return value
            case .failure(let failure as Failure): throw failure
            case .failure(let error): throw Failure(.bug, "\(error)")
            case nil: condition.wait()
            }
        }
    }
}
