internal import Streaming
internal import Training

/// Makes batches on a thread of its own, a few steps ahead of the training loop.
final class BatchPrefetch {
    private static let ahead = 4
    private let channel: BoundedChannel<BatchShare>

    /// Batches of the steps `first` to `last`, in order.
    init(_ source: BatchSource, first: Int, last: Int) {
        let cursor = Cursor(source, first)
        channel = BoundedChannel(capacity: BatchPrefetch.ahead) { try cursor.next(last: last) }
    }

    /// The next step's batch.
    func next() throws(Failure) -> BatchShare {
        do {
            if let share = try channel.next() { return share }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "a batch could not be made: \(error)")
        }
        throw Failure(.bug, "the batches ended before the steps did")
    }

    func close() { channel.close() }

    /// Only the channel's thread touches it, hence the unchecked conformance.
    private final class Cursor: @unchecked Sendable {
        private let source: BatchSource
        private var step: Int

        init(_ source: BatchSource, _ step: Int) {
            self.source = source
            self.step = step
        }

        func next(last: Int) throws(Failure) -> BatchShare? {
            guard step <= last else { return nil }
            defer { step += 1 }
            return try source.batch(step: step)
        }
    }
}
