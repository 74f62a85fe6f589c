internal import Storage
internal import Streaming
internal import Tokenize

/// A built partition, ready to be committed.
struct BuiltPartition: Sendable {
    var row: PartitionRow
    var blocks: [ShardBlockRow] = []
    var statistics: [ShardSplit: SplitStatistics] = [:]
}

/// Second pass, one partition: spool -> instances -> shuffled blocks in one file.
///
/// Memory: the spool, 8 bytes for each sentence, some 80 bytes for each instance and two blocks.
struct PartitionBuilder: Sendable {
    static let compressionLevel: Int32 = 9

    let directory: String
    let configuration: ShardConfiguration
    let validation: ValidationChoice
    let policy: MaskingPolicy
    let vocabularySize: Int
    let hook: ShardRun.Hook?

    private var width: Int { TokenWidth.bytes(vocabularySize: vocabularySize) }

    /// Builds partition `id` from the first `spoolBytes` bytes of its spool.
    func build(_ id: Int, spoolBytes: Int) throws -> BuiltPartition {
        let spool = try load(id, bytes: spoolBytes)
        let name = ShardSchema.partName(id)
        let row = PartitionRow(
            id: id, isDone: true, spoolBytes: spoolBytes, documents: spool.documents.count, trainInstances: 0,
            validationInstances: 0, tokens: 0, bytes: 0, digest: "")
        var output = PartWriter(partition: id, name: name, built: BuiltPartition(row: row))
        for split in ShardSplit.allCases {
            try Cancellation.check()
            try write(drafts(spool, split, partition: id), of: spool, split, to: &output)
        }
        let built = try output.finish()
        try hook?(.partitionWritten(id))
        return built
    }

    private func load(_ id: Int, bytes: Int) throws -> SpooledDocuments {
        let path = directory + "/" + ShardSchema.spoolName(id)
        let raw = bytes == 0 ? [] : try ReadableFile(path).read(at: 0, count: bytes)
        return try SpooledDocuments(raw, width: width, vocabularySize: vocabularySize, path: path)
    }

    /// The instances of a split of the partition, all rounds, shuffled.
    private func drafts(_ spool: SpooledDocuments, _ split: ShardSplit, partition: Int) -> [InstanceDraft] {
        let members = spool.documents.indices.filter {
            validation.split(of: spool.documents[$0].id, configuration: configuration) == split
        }
        let input = CutterInput(spool: spool, members: members, configuration: configuration)
        var drafts: [InstanceDraft] = []
        switch configuration.objective {
        case .nsp: cut(PairCutter(input: input, isNextSentence: true), members.count, into: &drafts)
        case .sop: cut(PairCutter(input: input, isNextSentence: false), members.count, into: &drafts)
        case .mlm: cut(SentenceRunCutter(input: input), members.count, into: &drafts)
        }
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("shuffle"), a: UInt64(partition), b: split.number)
        draws.shuffle(&drafts)
        return drafts
    }

    private func cut(_ cutter: some InstanceCutter, _ members: Int, into drafts: inout [InstanceDraft]) {
        for round in 0..<configuration.duplicateFactor {
            for position in 0..<members { cutter.cut(position, round: round, into: &drafts) }
        }
    }

    private func write(
        _ drafts: [InstanceDraft], of spool: SpooledDocuments, _ split: ShardSplit, to output: inout PartWriter
    ) throws {
        var encoder = ShardBlockEncoder(width: width, isStatic: configuration.masking == .static)
        var statistics = SplitStatistics()
        for (index, draft) in drafts.enumerated() {
            encoder.append(
                a: spool.bytes[draft.a], b: spool.bytes[draft.b], isRandomNext: draft.isRandomNext,
                documentA: spool.documents[draft.documentA].id, documentB: spool.documents[draft.documentB].id,
                masks: masks(draft, of: spool, split, partition: output.partition, index: index))
            statistics.add(
                tokens: (draft.a.count + draft.b.count) / width, isRandomNext: draft.isRandomNext,
                configuration: configuration)
            if encoder.count == ShardBlockRow.capacity || index == drafts.count - 1 {
                let count = encoder.count
                try output.write(encoder.finish(), count: count, split, in: directory)
            }
        }
        output.add(statistics, split)
    }

    private func masks(
        _ draft: InstanceDraft, of spool: SpooledDocuments, _ split: ShardSplit, partition: Int, index: Int
    ) -> ShardBlockEncoder.Masks? {
        guard configuration.masking == .static else { return nil }
        func ids(_ range: Range<Int>) -> [Int32] {
            stride(from: range.lowerBound, to: range.upperBound, by: width).map {
                spool.bytes.token(at: $0, width: width)
            }
        }
        let instance = Instance(
            index: index, a: ids(draft.a), b: ids(draft.b), isRandomNext: draft.isRandomNext, documentA: 0, documentB: 0
        )
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("static mask"), a: UInt64(partition) << 1 | split.number,
            b: UInt64(index))
        return policy.draw(policy.assemble(instance).tokens, &draws)
    }
}

/// Writes the blocks of a partition to its file, which is made with the first of them.
struct PartWriter {
    let partition: Int
    let name: String
    var built: BuiltPartition
    private var file: AtomicFile?
    private let compressor = ZstandardCompressor(level: PartitionBuilder.compressionLevel)
    private let digest = Digest()

    init(partition: Int, name: String, built: BuiltPartition) {
        self.partition = partition
        self.name = name
        self.built = built
    }

    mutating func write(_ raw: [UInt8], count: Int, _ split: ShardSplit, in directory: String) throws(Failure) {
        let frame = compressor.compress(raw)
        if file == nil { file = try AtomicFile(directory + "/" + name) }
        guard let file else { return }
        built.blocks.append(
            ShardBlockRow(
                partition: partition, split: split, file: name, offset: file.offset, size: frame.count,
                rawSize: raw.count, checksum: Checksum.xxh3(frame), firstInstance: 0, count: count))
        try file.write(frame)
        ShardDigest.add(raw, split, to: digest)
    }

    mutating func add(_ statistics: SplitStatistics, _ split: ShardSplit) {
        built.statistics[split] = statistics
        let instances = statistics.values["instances"] ?? 0
        if split == .train { built.row.trainInstances = instances } else { built.row.validationInstances = instances }
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
    static func add(_ raw: [UInt8], _ split: ShardSplit, to digest: Digest) {
        digest.update(split.rawValue)
        digest.update(raw)
    }

    /// The digest of a set from those of its partitions, in order.
    static func whole(_ partitions: [String]) -> String {
        let digest = Digest()
        for partition in partitions { digest.update(partition) }
        return digest.value
    }
}
