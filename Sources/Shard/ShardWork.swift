internal import Foundation
internal import Storage
internal import Streaming
internal import Tokenize

/// What rank 0 asks all ranks to do together.
enum RankTask: Codable, Sendable {
    /// Scatter the units with these numbers.
    case scatter(Generation, units: [Int])
    /// Build partitions from the spools; `order` is the order of tokens as it is stored.
    case build(Generation, units: Int, [PartitionRow], order: [UInt8])
    /// All is written.
    case done(ShardSummary)
}

/// The two passes as every rank does its part of them.
struct ShardWork {
    let run: ShardRun
    let corpora: [CorpusReader]
    private let tokenizer: WordPieceTokenizer
    private let ranks: MessagePassing?

    init(_ run: ShardRun, _ corpora: [CorpusReader], _ tokenizer: WordPieceTokenizer, _ ranks: MessagePassing?) {
        self.run = run
        self.corpora = corpora
        self.tokenizer = tokenizer
        self.ranks = ranks
    }

    /// Threads of all ranks.
    var workers: Int { run.jobs * (ranks?.size ?? 1) }

    /// The tokenizer's encoder, which any number of threads can use.
    func makeEncoder() -> DocumentEncoder {
        DocumentEncoder(tokenizer: tokenizer, language: run.configuration.language)
    }

    /// Tells all other ranks what comes next.
    func announce(_ task: RankTask) throws {
        guard let ranks else { return }
        let message = try [UInt8](JSONEncoder().encode(task))
        let outboxes = (1..<ranks.size).map { Outbox(ranks, to: $0, capacity: message.count) }
        for outbox in outboxes { try outbox.post(message) }
        for outbox in outboxes { try outbox.flush() }
    }

    /// A rank other than 0: does its part of every task until all is written.
    func help(_ ranks: MessagePassing) throws -> ShardSummary {
        while true {
            let message = try ranks.receive(from: 0)
            switch try JSONDecoder().decode(RankTask.self, from: Data(message)) {
            case .scatter(let generation, let numbers):
                let all = ScatterUnit.all(generation, corpora, bytes: run.unitBytes)
                try scatter(generation, numbers.compactMap { all.indices.contains($0) ? all[$0] : nil }) { _ in }
            case .build(let generation, let units, let rows, let bytes):
                guard let order = TokenOrder(bytes, vocabularySize: tokenizer.vocabulary.count) else {
                    throw Failure(.bug, "rank 0 has another vocabulary")
                }
                try build(generation, units: units, rows, order) { _ in }
            case .done(let summary): return summary
            }
        }
    }

    /// First pass over units; `commit` takes them in order, on rank 0.
    func scatter(
        _ generation: Generation, _ units: [ScatterUnit], commit: (ScatteredUnit) throws -> Void
    ) throws {
        let pass = ScatterPass(
            directory: run.output, corpora: corpora, generation: generation, encoder: makeEncoder(),
            configuration: run.configuration, hook: run.hook)
        try RankedMap(ranks, jobs: run.jobs).run(units, transform: { try pass.scatter($0) }, consume: commit)
    }

    /// Second pass over partitions; `commit` takes them in order, on rank 0.
    func build(
        _ generation: Generation, units: Int, _ rows: [PartitionRow], _ order: TokenOrder,
        commit: (BuiltPartition) throws -> Void
    ) throws {
        let builder = PartitionBuilder(
            directory: run.output, configuration: run.configuration, generation: generation, units: units,
            policies: run.configuration.sequenceLengths.map {
                MaskingPolicy(run.configuration, sequenceLength: $0, vocabulary: tokenizer.vocabulary)
            },
            order: order, hook: run.hook)
        try RankedMap(ranks, jobs: run.jobs).run(rows, transform: { try builder.build($0) }, consume: commit)
    }
}
