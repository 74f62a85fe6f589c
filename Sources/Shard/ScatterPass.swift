internal import GRDB
internal import Storage
internal import Streaming

/// How far the first pass has come; stored in `meta` together with the lengths of the spools.
struct ScatterState: Codable, Equatable, Sendable {
    /// Corpus blocks whose documents are in the spools.
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
    let corpus: CorpusReader
    let encoder: DocumentEncoder
    let configuration: ShardConfiguration
    let database: DatabaseQueue
    let jobs: Int
    /// Bytes of spool held in memory between two commits.
    let commitBytes: Int
    let style: ProgressMeter.Style
    let hook: ShardRun.Hook?

    /// Scatters what is not yet scattered and gives the final state.
    func run(from start: ScatterState, lengths: [Int]) throws -> ScatterState {
        var state = start
        var spools = SpoolFiles(directory, lengths: lengths)
        let progress = ProgressMeter(
            "shard: tokenize", unit: "bytes", total: Double(corpus.blocks.reduce(0) { $0 + $1.rawSize }),
            done: Double(state.textBytes), style: style)
        var next = state.blocks
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> CorpusBlock? in
                guard next < corpus.blocks.count else { return nil }
                defer { next += 1 }
                return corpus.blocks[next]
            },
            transform: { [corpus, encoder] (block: CorpusBlock) -> (EncodedBlock, Int) in
                let texts = try corpus.texts(of: block)
                return (encoder.encode(texts, firstDocument: block.firstDocument), block.rawSize)
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
        let lengths = spools.lengths
        let text = try ShardCoding.text(state)
        try database.write { row in
            for partition in changed {
                try ShardIndex.setSpoolBytes(row, partition: partition, bytes: lengths[partition])
            }
            try IndexDatabase.setMeta(row, ShardMeta.scatter, text)
            if isLast { try IndexDatabase.setMeta(row, ShardMeta.state, "build") }
        }
        try hook?(.scatterCommitted(blocks: state.blocks))
    }
}
