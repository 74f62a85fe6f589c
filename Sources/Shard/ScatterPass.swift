internal import GRDB
internal import Storage
internal import Streaming

/// How far the first pass has come; stored in `meta` together with the lengths of the spools.
struct ScatterState: Codable, Equatable, Sendable {
    /// Corpus blocks of the generation whose documents are in the spools.
    var blocks = 0
    var documents = 0
    var emptyDocuments = 0
    var sentences = 0
    var tokens = 0
    var textBytes = 0
    var validation = ValidationChoice()
}

/// First pass: corpus blocks -> sentences -> token ids -> spools, one for each partition.
struct ScatterPass {
    let directory: String
    let corpora: [CorpusReader]
    let generation: Generation
    let encoder: DocumentEncoder
    let configuration: ShardConfiguration
    let database: DatabaseQueue
    let jobs: Int
    /// Bytes of spool held in memory between two commits.
    let commitBytes: Int
    let style: ProgressMeter.Style
    let hook: ShardRun.Hook?

    /// A block of one of the corpora.
    private struct Work: Sendable {
        let corpus: Int
        let block: CorpusBlock
    }

    /// The blocks that hold the generation's documents, in order.
    private var work: [Work] {
        generation.coverage.flatMap { part in
            corpora[part.corpus].blocks.filter { part.documents.contains($0.firstDocument) }.map {
                Work(corpus: part.corpus, block: $0)
            }
        }
    }

    /// Scatters what is not yet scattered and gives the final state.
    func run(lengths: [Int]) throws -> ScatterState {
        var state = generation.scatter
        var spools = SpoolFiles(directory, first: generation.partitions.lowerBound, lengths: lengths)
        let work = work
        let progress = ProgressMeter(
            "shard: tokenize", unit: "bytes", total: Double(work.reduce(0) { $0 + $1.block.rawSize }),
            done: Double(state.textBytes), style: style)
        var next = state.blocks
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> Work? in
                guard next < work.count else { return nil }
                defer { next += 1 }
                return work[next]
            },
            transform: { [corpora, encoder] (item: Work) -> (EncodedBlock, Int) in
                let texts = try corpora[item.corpus].texts(of: item.block)
                let first = DocumentKey.key(corpus: item.corpus, document: item.block.firstDocument)
                return (encoder.encode(texts, firstDocument: first), item.block.rawSize)
            },
            consume: { block, rawSize in
                add(block, rawSize: rawSize, to: &spools, &state)
                progress.update(Double(state.textBytes))
                if spools.waitingBytes >= commitBytes { try commit(&spools, state, isLast: false) }
            })
        try commit(&spools, state, isLast: true)
        progress.finish()
        return state
    }

    private func add(_ block: EncodedBlock, rawSize: Int, to spools: inout SpoolFiles, _ state: inout ScatterState) {
        for document in block.documents {
            let partition = DocumentDraws.partition(
                of: document.id, seed: configuration.seed, count: spools.lengths.count)
            spools.append(block.records[document.bytes], to: partition)
            state.validation.add(document.id, configuration: configuration)
        }
        state.blocks += 1
        state.documents += block.documents.count
        state.emptyDocuments += block.empty
        state.sentences += block.sentences
        state.tokens += block.tokens
        state.textBytes += rawSize
    }

    private func commit(_ spools: inout SpoolFiles, _ state: ScatterState, isLast: Bool) throws {
        let changed = try spools.flush()
        try hook?(.spoolsWritten(blocks: state.blocks))
        let (lengths, first) = (spools.lengths, generation.partitions.lowerBound)
        try database.write { row in
            for partition in changed {
                try ShardIndex.setSpoolBytes(row, partition: first + partition, bytes: lengths[partition])
            }
            try GenerationIndex.update(
                row, generation.number, state: isLast ? .build : .scatter, scatter: state)
        }
        try hook?(.scatterCommitted(blocks: state.blocks))
    }
}
