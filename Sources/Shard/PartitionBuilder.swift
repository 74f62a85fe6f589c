internal import Storage
internal import Streaming
internal import Tokenize

/// A built partition, ready to be committed.
struct BuiltPartition: Codable, Sendable {
    var row: PartitionRow
    var blocks: [ShardBlockRow] = []
    var statistics: [ShardSet: SplitStatistics] = [:]
}

/// Second pass, one partition: spool -> instances -> shuffled blocks in one file.
///
/// Memory: the spool, 8 bytes for each sentence, 8 for each instance of one length and split and 24 for each run of
/// it, and two blocks.
struct PartitionBuilder: Sendable {
    let directory: String
    let configuration: ShardConfiguration
    let generation: Generation
    /// Spool files of the generation.
    let units: Int
    /// The masks of each sequence length.
    let policies: [MaskingPolicy]
    let order: TokenOrder
    let hook: ShardRun.Hook?

    private var vocabularySize: Int { order.ids.count }
    private var width: Int { TokenWidth.bytes(vocabularySize: vocabularySize) }

    /// Builds a partition from what the spools hold of it.
    func build(_ open: PartitionRow) throws -> BuiltPartition {
        let bytes = try SpoolFile.records(of: open.id, generation.partitions, units: units, in: directory)
        let spool = try SpooledDocuments(
            bytes, width: width, vocabularySize: vocabularySize, path: "\(directory), partition \(open.id)")
        var row = open
        row.spoolBytes = bytes.count
        row.isDone = true
        row.documents = spool.documents.count
        var output = PartWriter(row, in: directory)
        for (index, length) in configuration.sequenceLengths.enumerated() {
            for split in ShardSplit.allCases {
                try Cancellation.check()
                let set = ShardSet(sequenceLength: length, split: split)
                try write(drafts(spool, set, row), of: spool, set, policies[index], to: &output)
            }
        }
        let built = try output.finish()
        try hook?(.partitionWritten(row.id))
        return built
    }

    /// The instances of a length and split of the partition, all rounds, shuffled.
    private func drafts(_ spool: SpooledDocuments, _ set: ShardSet, _ row: PartitionRow) -> DraftList {
        let members = spool.documents.indices.filter {
            generation.scatter.validation.split(
                of: spool.documents[$0].id, generation: row.generation, configuration: configuration) == set.split
        }
        let input = CutterInput(
            spool: spool, members: members, configuration: configuration, sequenceLength: set.sequenceLength,
            partition: row.id, split: set.split)
        var drafts = DraftList()
        switch configuration.objective {
        case .nsp: cut(PairCutter(input: input, isNextSentence: true), input, into: &drafts)
        case .sop: cut(PairCutter(input: input, isNextSentence: false), input, into: &drafts)
        case .mlm: cut(SentenceRunCutter(input: input), input, into: &drafts)
        }
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("shuffle"), a: UInt64(row.id), b: set.number)
        drafts.shuffle(&draws)
        return drafts
    }

    private func cut(_ cutter: some InstanceCutter, _ input: CutterInput, into drafts: inout DraftList) {
        let rounds = input.members.indices.reduce(0) { max($0, input.rounds($1)) }
        for round in 0..<rounds { cutter.cut(round: round, into: &drafts) }
    }

    private func write(
        _ list: DraftList, of spool: SpooledDocuments, _ set: ShardSet, _ policy: MaskingPolicy,
        to output: inout PartWriter
    ) throws {
        var encoder = ShardBlockEncoder(
            width: width, isStatic: configuration.masking == .static, sequenceLength: set.sequenceLength, order: order)
        var statistics = SplitStatistics()
        for (index, draft) in list.drafts.enumerated() {
            let runs = list.runs(of: draft)
            encoder.append(
                runs, in: spool.bytes, isRandomNext: draft.isRandomNext,
                masks: masks(runs, draft, of: spool, set, policy, partition: output.partition, index: index))
            statistics.add(
                tokens: runs.reduce(0) { $0 + $1.bytes.count } / width, runs: runs.count,
                isRandomNext: draft.isRandomNext, sequenceLength: set.sequenceLength)
            if encoder.isFull || index == list.drafts.count - 1 {
                let count = encoder.count
                try output.write(encoder.finish(), count: count, set)
            }
        }
        output.add(statistics, set)
    }

    private func masks(
        _ runs: ArraySlice<RunBytes>, _ draft: InstanceDraft, of spool: SpooledDocuments, _ set: ShardSet,
        _ policy: MaskingPolicy, partition: Int, index: Int
    ) -> ShardBlockEncoder.Masks? {
        guard configuration.masking == .static else { return nil }
        var tokens: [Int32] = []
        for run in runs {
            for offset in stride(from: run.bytes.lowerBound, to: run.bytes.upperBound, by: width) {
                tokens.append(spool.bytes.token(at: offset, width: width))
            }
        }
        let instance = Instance(
            index: index, tokens: tokens,
            runs: runs.map { Instance.Run(document: $0.document, count: $0.bytes.count / width) },
            isRandomNext: draft.isRandomNext)
        var draws = Philox(
            seed: configuration.seed, purpose: Philox.purpose("static mask"),
            a: UInt64(partition) << 17 | set.number, b: UInt64(index))
        return policy.draw(policy.assemble(instance).tokens, &draws)
    }
}
