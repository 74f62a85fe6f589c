public import Streaming

/// Makes the batches of a training loop ahead of it, on a thread of its own: there blocks are read, decompressed and
/// masked, so that training never waits.
///
/// Used from one thread. Memory: `ahead` batches and the reader's blocks.
public final class ShardLoader<Batch: Sendable> {
    private let channel: BoundedChannel<Batch>

    /// - Parameters:
    ///   - walk: where the examples come from.
    ///   - steps: the batches to make, by number, in order.
    ///   - ahead: batches that wait at most.
    ///   - batch: makes the batch of a step from examples of the walk; called on the loader's thread.
    public init(
        _ walk: ShardWalk, steps: Range<Int>, ahead: Int = 4,
        batch: @escaping @Sendable (_ step: Int, _ walk: inout ShardWalk) throws(Failure) -> Batch
    ) {
        let place = Place(walk, steps)
        channel = BoundedChannel(capacity: ahead) {
            guard let step = place.steps.popFirst() else { return nil }
            return try batch(step, &place.walk)
        }
    }

    /// The batch of the next step, nil after the last.
    public func next() throws(Failure) -> Batch? {
        do {
            return try channel.next()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "a batch could not be made: \(error)")
        }
    }

    /// Ends the thread.
    public func close() { channel.close() }

    /// Where the loader is; only its thread touches it, hence the unchecked conformance.
    private final class Place: @unchecked Sendable {
        var walk: ShardWalk
        var steps: Range<Int>

        init(_ walk: ShardWalk, _ steps: Range<Int>) {
            self.walk = walk
            self.steps = steps
        }
    }
}
