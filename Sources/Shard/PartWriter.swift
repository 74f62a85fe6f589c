internal import Storage
internal import Streaming

/// Writes the blocks of a partition to its file, which is made with the first of them.
struct PartWriter {
    /// zstd's level; see docs/shard-format.md for the sizes and speeds of others.
    static let compressionLevel: Int32 = 5

    private let directory: String
    private let name: String
    private var built: BuiltPartition
    private var file: AtomicFile?
    private let compressor = ZstandardCompressor(level: PartWriter.compressionLevel)
    private let digest = Digest()

    var partition: Int { built.row.id }

    /// - Parameter row: the partition as it will be, apart from what is written.
    init(_ row: PartitionRow, in directory: String) {
        self.directory = directory
        name = ShardSchema.partName(row.id, revision: row.revision)
        built = BuiltPartition(row: row)
        (built.row.instances, built.row.tokens) = (0, 0)
    }

    mutating func write(_ raw: [UInt8], count: Int, _ set: ShardSet) throws(Failure) {
        let frame = compressor.compress(raw)
        if file == nil { file = try AtomicFile(directory + "/" + name) }
        guard let file else { return }
        built.blocks.append(
            ShardBlockRow(
                partition: partition, set: set, file: name, offset: file.offset, size: frame.count,
                rawSize: raw.count, checksum: Checksum.xxh3(frame), firstInstance: 0, count: count))
        try file.write(frame)
        ShardDigest.add(raw, set, to: digest)
    }

    mutating func add(_ statistics: SplitStatistics, _ set: ShardSet) {
        built.statistics[set] = statistics
        built.row.instances += statistics.values["instances"] ?? 0
        built.row.tokens += statistics.values["tokens"] ?? 0
    }

    mutating func finish() throws(Failure) -> BuiltPartition {
        built.row.digest = digest.value
        built.row.bytes = file?.offset ?? 0
        try file?.commit()
        return built
    }
}

/// Digests of what shards hold, whatever the version of the compressor.
enum ShardDigest {
    /// Adds a block to the digest of its partition.
    static func add(_ raw: [UInt8], _ set: ShardSet, to digest: Digest) {
        digest.update("\(set.sequenceLength) \(set.split.rawValue)")
        digest.update(raw)
    }

    /// The digest of a set from its token order and those of its partitions, in order.
    static func whole(_ order: TokenOrder, _ partitions: [String]) -> String {
        let digest = Digest()
        digest.update(order.bytes)
        for partition in partitions { digest.update(partition) }
        return digest.value
    }
}
