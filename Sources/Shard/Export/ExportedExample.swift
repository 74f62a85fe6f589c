/// An instance as it is exported: masks applied, and where it is from.
struct ExportedExample: Sendable {
    var instance: Instance
    var epoch: Int
    var masked: MaskedExample
}

/// Gives the examples of a walk: epoch after epoch, each instance with the masks of its epoch.
///
/// For any thread. Memory: the orders of the epochs (two numbers for each block and epoch).
struct ExportSource: Sendable {
    private let reader: ShardReader
    private let policy: MaskingPolicy
    private let seed: UInt64
    private let firstEpoch: Int
    private let orders: [ShardSplit: [InstanceOrder]]

    init(_ reader: ShardReader, policy: MaskingPolicy, configuration: ExportConfiguration) {
        let seed = configuration.seed ?? reader.information.seed
        self.reader = reader
        self.policy = policy
        self.seed = seed
        firstEpoch = configuration.epoch
        var orders: [ShardSplit: [InstanceOrder]] = [:]
        for split in configuration.split.splits where configuration.order == .epoch {
            orders[split] = (0..<configuration.duplicate).map {
                reader.order(seed: seed, epoch: configuration.epoch + $0, split)
            }
        }
        self.orders = orders
    }

    /// The examples at `places` of the walk over a split.
    func examples(_ places: Range<Int>, of split: ShardSplit) throws -> [ExportedExample] {
        let count = reader.count(split)
        return try places.map { place in
            let (round, position) = place.quotientAndRemainder(dividingBy: count)
            let index = orders[split].map { $0[round][position] } ?? position
            let instance = try reader.instance(index, split)
            let epoch = firstEpoch + round
            return ExportedExample(
                instance: instance, epoch: epoch, masked: policy.apply(instance, seed: seed, epoch: epoch))
        }
    }
}
