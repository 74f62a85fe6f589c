internal import GRDB
internal import Storage
public import Streaming
public import Tokenize

/// Reads a finished set of shards, any instance from any thread.
///
/// Nothing in the files is trusted.
///
/// Memory: the index (some 150 bytes for each block) and up to eight decoded blocks.
public final class ShardReader: Sendable {
    /// The folder of the shards.
    public let directory: String
    /// What the set says of itself.
    public let information: ShardInformation
    let partitions: [PartitionRow]
    let rows: [ShardBlockRow]
    let statistics: [ShardSplit: [String: Int]]
    let limits: BlockLimits
    /// For each split the indices in `rows` of its blocks, and the first instance of each.
    private let train: (blocks: [Int], firsts: [Int])
    private let validation: (blocks: [Int], firsts: [Int])
    private let cache = BlockCache(capacity: 8)

    /// Opens the shards in `directory`; refuses unfinished and damaged ones and those of another version.
    public init(_ directory: String) throws(Failure) {
        self.directory = directory
        let path = ShardSchema.path(directory)
        (information, partitions, rows, statistics) = try IndexDatabase.translated(path) {
            let database = try ShardSchema.open(directory, create: false)
            return try database.read {
                try (
                    ShardInformation.read($0, path: path), ShardIndex.partitions($0, path: path),
                    ShardIndex.blocks($0, path: path), ShardIndex.statistics($0, path: path)
                )
            }
        }
        limits = BlockLimits(information)
        try ShardReader.check(rows, information, limits, path: path)
        try ShardReader.checkFiles(rows, directory: directory)
        train = ShardReader.blocks(rows, .train)
        validation = ShardReader.blocks(rows, .validation)
    }

    private static func blocks(_ rows: [ShardBlockRow], _ split: ShardSplit) -> (blocks: [Int], firsts: [Int]) {
        let blocks = rows.indices.filter { rows[$0].split == split }
        return (blocks, blocks.map { rows[$0].firstInstance })
    }

    private static func check(
        _ rows: [ShardBlockRow], _ information: ShardInformation, _ limits: BlockLimits, path: String
    ) throws(Failure) {
        var next: [ShardSplit: Int] = [:]
        for (index, row) in rows.enumerated() {
            guard (0..<information.partitions).contains(row.partition), row.file == ShardSchema.partName(row.partition),
                (1...ShardBlockRow.capacity).contains(row.count), (0...1 << 50).contains(row.offset),
                (1...1 << 40).contains(row.size), row.rawSize > 0,
                row.rawSize <= limits.largestRawSize(count: row.count), row.firstInstance == next[row.split, default: 0]
            else {
                throw Failure(
                    .badData, "block \(index + 1) has a row that cannot be true", at: path, remedy: "restore the file")
            }
            next[row.split, default: 0] += row.count
        }
        for split in ShardSplit.allCases where next[split, default: 0] != information.count(split) {
            throw Failure(
                .badData,
                "states \(information.count(split)) \(split.rawValue) instances, its blocks hold \(next[split, default: 0])",
                at: path, remedy: "restore the file")
        }
    }

    private static func checkFiles(_ rows: [ShardBlockRow], directory: String) throws(Failure) {
        var ends: [Int: Int] = [:]
        for row in rows { ends[row.partition] = max(ends[row.partition] ?? 0, row.offset + row.size) }
        for (partition, end) in ends.sorted(by: { $0.key < $1.key }) {
            let path = directory + "/" + ShardSchema.partName(partition)
            let size = try Files.size(path)
            guard size == end else {
                throw Failure(
                    .badData, "has \(size) bytes, its index states \(end)", at: path,
                    remedy: "restore the file, or run 'tessera shard' into a new folder")
            }
        }
    }

    /// Instances of a split.
    public func count(_ split: ShardSplit) -> Int { information.count(split) }

    /// Instance `index` of a split, `index` in 0..<count.
    ///
    /// O(log blocks), and a block read when it is not cached.
    public func instance(_ index: Int, _ split: ShardSplit) throws(Failure) -> Instance {
        guard (0..<count(split)).contains(index) else {
            throw Failure(
                .usage, "there is no \(split.rawValue) instance \(index), there are \(count(split))", at: directory)
        }
        let (blocks, firsts) = split == .train ? train : validation
        var (low, high) = (0, firsts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if firsts[middle] <= index { low = middle } else { high = middle }
        }
        return try block(blocks[low]).instance(index - firsts[low], number: index, split: split)
    }

    /// The order of an epoch over a split.
    public func order(seed: UInt64, epoch: Int, _ split: ShardSplit) -> InstanceOrder {
        InstanceOrder(
            seed: seed, epoch: epoch, split: split, firsts: (split == .train ? train : validation).firsts,
            count: count(split))
    }

    /// The tokenizer the shards were made with.
    public func tokenizer() throws(Failure) -> WordPieceTokenizer {
        let tokenizer = try WordPieceTokenizer.load(directory)
        try check(tokenizer.vocabulary, of: "tokenizer.json")
        // Both files are read by somebody.
        let path = directory + "/vocab.txt"
        if Files.exists(path) { try check(Vocabulary(contentsOf: path), of: "vocab.txt") }
        return tokenizer
    }

    private func check(_ vocabulary: Vocabulary, of name: String) throws(Failure) {
        let digest = ShardIdentity.digest(vocabulary)
        guard vocabulary.count == information.vocabularySize, digest == information.vocabularyDigest else {
            throw Failure(
                .badData, "is not the vocabulary these shards were made with", at: directory + "/" + name,
                remedy: "restore the file")
        }
    }

    private func block(_ index: Int) throws(Failure) -> DecodedBlock {
        if let block = cache.find(index) { return block }
        let block = try decode(raw(rows[index]), rows[index])
        cache.insert(block, as: index)
        return block
    }

    /// The raw bytes of a block, its checksum compared.
    func raw(_ row: ShardBlockRow) throws(Failure) -> [UInt8] {
        let path = directory + "/" + row.file
        let frame = try ReadableFile(path).read(at: row.offset, count: row.size)
        guard Checksum.xxh3(frame) == row.checksum else {
            throw Failure(
                .badData, "the block at byte \(row.offset) has another checksum than its index", at: path,
                remedy: "restore the file, or run 'tessera shard' into a new folder")
        }
        return try Zstandard.decompress(frame, rawSize: row.rawSize, at: "\(path), byte \(row.offset)")
    }

    func decode(_ raw: [UInt8], _ row: ShardBlockRow) throws(Failure) -> DecodedBlock {
        try DecodedBlock(
            raw, expecting: row.count, limits: limits, at: "\(directory)/\(row.file), byte \(row.offset)")
    }
}
