internal import GRDB
internal import Storage
public import Streaming
public import Tokenize

/// Reads a finished set of shards, any instance from any thread.
///
/// Nothing in the files is trusted.
///
/// Memory: the index (some 150 bytes for each block) and up to eight decoded blocks of at most a million tokens, 4 bytes
/// each.
public final class ShardReader: Sendable {
    /// The folder of the shards.
    public let directory: String
    /// What the set says of itself.
    public let information: ShardInformation
    let partitions: [PartitionRow]
    /// Every block of every length.
    let rows: [ShardBlockRow]
    let statistics: [ShardSet: [String: Int]]
    let order: TokenOrder
    /// What a block of each length may hold.
    private let limits: [Int: BlockLimits]
    /// For each split the indices in `rows` of its blocks of the length that is read, and the first instance of each.
    private let train: (blocks: [Int], firsts: [Int])
    private let validation: (blocks: [Int], firsts: [Int])
    private let cache = BlockCache(capacity: 8)

    /// Opens the shards in `directory`; refuses unfinished and damaged ones and those of another version.
    /// - Parameter sequenceLength: the length of the instances to read; nil takes the first that the set holds.
    public convenience init(_ directory: String, sequenceLength: Int? = nil) throws(Failure) {
        try self.init(directory, sequenceLength: sequenceLength, checksFiles: true)
    }

    /// - Parameter checksFiles: whether a missing file, or one of another size than its blocks, is refused.
    init(_ directory: String, sequenceLength: Int? = nil, checksFiles: Bool) throws(Failure) {
        self.directory = directory
        let path = ShardSchema.path(directory)
        (information, partitions, rows, statistics, order) = try IndexDatabase.translated(path) {
            let database = try ShardSchema.open(directory, create: false)
            return try database.read {
                let information = try ShardInformation.read($0, path: path, sequenceLength: sequenceLength)
                let order = try ShardIndex.tokenOrder($0, vocabularySize: information.vocabularySize, path: path)
                guard let order else {
                    throw Failure(.badData, "has no order of tokens", at: path, remedy: "restore the file")
                }
                return try (
                    information, ShardIndex.partitions($0, path: path), ShardIndex.blocks($0, path: path),
                    ShardIndex.statistics($0, path: path), order
                )
            }
        }
        let configuration = information.configuration
        var limits: [Int: BlockLimits] = [:]
        for length in configuration.sequenceLengths {
            limits[length] = BlockLimits(
                configuration, sequenceLength: length, vocabularySize: information.vocabularySize)
        }
        self.limits = limits
        try ShardReader.check(rows, partitions, limits, statistics, path: path)
        if checksFiles, let problem = ShardReader.fileProblems(rows, directory: directory).first {
            throw problem.failure
        }
        train = ShardReader.blocks(rows, ShardSet(sequenceLength: information.sequenceLength, split: .train))
        validation = ShardReader.blocks(rows, ShardSet(sequenceLength: information.sequenceLength, split: .validation))
    }

    private static func blocks(_ rows: [ShardBlockRow], _ set: ShardSet) -> (blocks: [Int], firsts: [Int]) {
        let blocks = rows.indices.filter { rows[$0].set == set }
        return (blocks, blocks.map { rows[$0].firstInstance })
    }

    private static func check(
        _ rows: [ShardBlockRow], _ partitions: [PartitionRow], _ limits: [Int: BlockLimits],
        _ statistics: [ShardSet: [String: Int]], path: String
    ) throws(Failure) {
        var next: [ShardSet: Int] = [:]
        var ends: [Int: Int] = [:]
        for (index, row) in rows.enumerated() {
            guard partitions.indices.contains(row.partition), let limits = limits[row.set.sequenceLength],
                row.file == ShardSchema.partName(row.partition, revision: partitions[row.partition].revision),
                (1...ShardBlockRow.capacity).contains(row.count), row.offset == ends[row.partition, default: 0],
                (1...1 << 40).contains(row.size), row.rawSize > 0,
                row.rawSize <= limits.largestRawSize(count: row.count), row.firstInstance == next[row.set, default: 0]
            else {
                throw Failure(
                    .badData, "the row of block \(index + 1) cannot be true", at: path, remedy: "restore the file")
            }
            next[row.set, default: 0] += row.count
            ends[row.partition] = row.offset + row.size
        }
        let sets = limits.keys.flatMap { length in
            ShardSplit.allCases.map { ShardSet(sequenceLength: length, split: $0) }
        }
        for set in sets where next[set, default: 0] != statistics[set]?["instances"] ?? 0 {
            throw Failure(
                .badData,
                "states \(statistics[set]?["instances"] ?? 0) \(set.split.rawValue) instances, its blocks hold "
                    + "\(next[set, default: 0])",
                at: path, remedy: "restore the file")
        }
    }

    /// The files that are missing or of another size than their blocks, with the instances that are lost so.
    static func fileProblems(_ rows: [ShardBlockRow], directory: String) -> [(partition: Int, failure: Failure)] {
        var files: [(name: String, rows: ArraySlice<ShardBlockRow>)] = []
        var first = 0
        for index in rows.indices where index + 1 == rows.count || rows[index + 1].file != rows[index].file {
            files.append((rows[index].file, rows[first...index]))
            first = index + 1
        }
        return files.compactMap { file in
            guard let last = file.rows.last else { return nil }
            let path = directory + "/" + file.name
            do throws(Failure) {
                let size = try Files.size(path)
                if size == last.offset + last.size { return nil }
                throw Failure(
                    .badData, "has \(size) bytes, its index states \(last.offset + last.size)", at: path,
                    remedy: "restore the file, or run 'tessera shard' into a new folder")
            } catch {
                var failure = error
                failure.message += ShardBlockRow.hit(file.rows)
                return (last.partition, failure)
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
        let place = "\(directory)/\(row.file), byte \(row.offset)"
        guard let limits = limits[row.set.sequenceLength] else {
            throw Failure(.badData, "a block is of no known length", at: place, remedy: "restore the file")
        }
        return try DecodedBlock(raw, expecting: row.count, limits: limits, order: order, at: place)
    }
}
