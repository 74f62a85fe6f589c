internal import GRDB
internal import Streaming

/// A block of shards: where it is and what it holds.
struct ShardBlockRow: Sendable, Equatable {
    /// Instances of a block at most.
    static let capacity = 4096

    var partition: Int
    var split: ShardSplit
    var file: String
    var offset: Int
    var size: Int
    var rawSize: Int
    var checksum: String
    /// Number of its first instance in the split.
    var firstInstance: Int
    var count: Int
}

/// A row of `partition`.
struct PartitionRow: Sendable, Equatable {
    var id: Int
    var isDone: Bool
    var spoolBytes: Int
    var documents: Int
    var trainInstances: Int
    var validationInstances: Int
    var tokens: Int
    var bytes: Int
    var digest: String
}
