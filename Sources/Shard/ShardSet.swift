/// Instances of one length and split, numbered from 0.
struct ShardSet: Codable, Hashable, Sendable {
    var sequenceLength: Int
    var split: ShardSplit

    /// A number for draws.
    var number: UInt64 { UInt64(sequenceLength) << 1 | split.number }

    /// Every set of a configuration, in the order in which partitions hold them.
    static func all(_ configuration: ShardConfiguration) -> [ShardSet] {
        configuration.sequenceLengths.flatMap { length in
            ShardSplit.allCases.map { ShardSet(sequenceLength: length, split: $0) }
        }
    }
}
