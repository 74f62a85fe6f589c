internal import Streaming

/// Batches of the train split for a training loop, epoch after epoch, made ahead on a thread of their own.
///
/// The order of an epoch is a function of (seed, epoch), the masks of (seed, epoch, instance). A loader begins at any
/// position in O(log blocks) and one block read; whoever resumes need only know how many instances were taken. Used
/// from one thread. Memory: `ahead` batches and the reader's blocks.
public final class ShardLoader {
    /// When a batch is full.
    public enum Limit: Sendable, Equatable {
        /// So many instances.
        case instances(Int)
        /// As many instances as have so many tokens together, special ones included; one at least.
        case tokens(Int)
    }

    private static let ahead = 8
    private let channel: BoundedChannel<[MaskedExample]>
    /// Instances of the batch given last.
    public private(set) var lastCount = 0

    /// - Parameters:
    ///   - reader: the shards; they hold an instance to train on.
    ///   - policy: the masks.
    ///   - seed: names the order and the masks.
    ///   - position: instances taken before, over all epochs.
    ///   - limit: when a batch is full.
    public init(_ reader: ShardReader, _ policy: MaskingPolicy, seed: UInt64, from position: Int, limit: Limit) {
        let walk = LoaderWalk(reader, policy, seed: seed, position: position, limit: limit)
        channel = BoundedChannel(capacity: ShardLoader.ahead) { try walk.batch() }
    }

    /// The next batch.
    public func next() throws -> [MaskedExample] {
        let batch = try channel.next() ?? []
        lastCount = batch.count
        return batch
    }

    /// Ends the thread.
    public func close() { channel.close() }
}

/// Where a loader is; only its thread touches it, hence the unchecked conformance.
private final class LoaderWalk: @unchecked Sendable {
    private let reader: ShardReader
    private let policy: MaskingPolicy
    private let seed: UInt64
    private let limit: ShardLoader.Limit
    private let count: Int
    private var position: Int
    private var order: (epoch: Int, order: InstanceOrder)?
    /// An example that did not fit into the batch before.
    private var pending: MaskedExample?

    init(_ reader: ShardReader, _ policy: MaskingPolicy, seed: UInt64, position: Int, limit: ShardLoader.Limit) {
        self.reader = reader
        self.policy = policy
        self.seed = seed
        self.limit = limit
        self.position = position
        count = reader.count(.train)
    }

    func batch() throws(Failure) -> [MaskedExample]? {
        guard count > 0 else { return nil }
        var examples: [MaskedExample] = []
        var tokens = 0
        while true {
            let example: MaskedExample
            if let waiting = pending { example = waiting } else { example = try draw() }
            pending = nil
            if case .tokens(let most) = limit, !examples.isEmpty, tokens + example.tokens.count > most {
                pending = example
                return examples
            }
            examples.append(example)
            tokens += example.tokens.count
            if case .instances(let most) = limit, examples.count >= most { return examples }
        }
    }

    private func draw() throws(Failure) -> MaskedExample {
        let (epoch, place) = position.quotientAndRemainder(dividingBy: count)
        position += 1
        if order?.epoch != epoch { order = (epoch, reader.order(seed: seed, epoch: epoch, .train)) }
        let number = order?.order[place] ?? place
        return policy.apply(try reader.instance(number, .train), seed: seed, epoch: epoch)
    }
}
