internal import GRDB
internal import Streaming

/// A block of shards: where it is and what it holds.
struct ShardBlockRow: Codable, Sendable, Equatable {
    /// Instances of a block at most.
    static let capacity = 4096
    /// Tokens with which a block is full.
    static let tokenCapacity = 1 << 20

    var partition: Int
    var set: ShardSet
    var file: String
    var offset: Int
    var size: Int
    var rawSize: Int
    var checksum: String
    /// Number of its first instance in its length and split.
    var firstInstance: Int
    var count: Int
}

extension ShardBlockRow {
    /// Which instances damage of these blocks of one partition takes with it.
    static func hit(_ rows: ArraySlice<ShardBlockRow>) -> String {
        var parts: [String] = []
        var sets: [ShardSet] = []
        for row in rows where !sets.contains(row.set) { sets.append(row.set) }
        for set in sets {
            let own = rows.filter { $0.set == set }
            guard let first = own.first, let last = own.last else { continue }
            parts.append(
                "\(set.split.rawValue) instances \(first.firstInstance) to \(last.firstInstance + last.count - 1) of length "
                    + "\(set.sequenceLength)")
        }
        return " (\(parts.joined(separator: ", ")))"
    }
}

/// A row of `partition`.
struct PartitionRow: Codable, Sendable, Equatable {
    var id: Int
    /// The run that has added it, from 0.
    var generation: Int
    /// How often it was written anew to take documents out.
    var revision: Int
    var isDone: Bool
    var spoolBytes: Int
    var documents: Int
    var instances: Int
    var tokens: Int
    var bytes: Int
    var digest: String
}
