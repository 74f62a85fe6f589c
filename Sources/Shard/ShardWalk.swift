public import Streaming

/// The walk of a training loop over the train split: epoch after epoch, each in an order and with masks of its own.
///
/// Positions count over all epochs, from 0, so that whoever resumes need only know how many instances were taken. The
/// order of an epoch is a function of (seed, epoch), the masks of (seed, epoch, instance). Any position is reached in
/// O(log blocks) and one block read. Memory: the order of one epoch, two numbers for each block.
public struct ShardWalk: Sendable {
    private let reader: ShardReader
    private let policy: MaskingPolicy
    private let seed: UInt64
    private var order: (epoch: Int, order: InstanceOrder)?

    /// - Parameters:
    ///   - reader: the shards; they hold an instance to train on.
    ///   - policy: the masks.
    ///   - seed: names the order and the masks.
    public init(_ reader: ShardReader, _ policy: MaskingPolicy, seed: UInt64) {
        self.reader = reader
        self.policy = policy
        self.seed = seed
    }

    /// The examples at some positions, in order.
    public mutating func examples(_ positions: Range<Int>) throws(Failure) -> [MaskedExample] {
        let count = reader.count(.train)
        var examples: [MaskedExample] = []
        examples.reserveCapacity(positions.count)
        for position in positions {
            let (epoch, place) = position.quotientAndRemainder(dividingBy: count)
            let instance = try reader.instance(order(of: epoch)[place], .train)
            examples.append(policy.apply(instance, seed: seed, epoch: epoch))
        }
        return examples
    }

    private mutating func order(of epoch: Int) -> InstanceOrder {
        if let order, order.epoch == epoch { return order.order }
        let next = reader.order(seed: seed, epoch: epoch, .train)
        order = (epoch, next)
        return next
    }
}
