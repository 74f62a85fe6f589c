internal import GRDB
internal import Storage
internal import Streaming

/// First pass: corpus blocks -> sentences -> token ids -> spool files, one for each unit, cut by partition.
///
/// Memory: for each job the token ids of a unit, twice, and a corpus block.
struct ScatterPass: Sendable {
    let directory: String
    let corpora: [CorpusReader]
    let generation: Generation
    let encoder: DocumentEncoder
    let configuration: ShardConfiguration
    let hook: ShardRun.Hook?

    /// Scatters the documents of a unit; its file is there when this returns.
    func scatter(_ unit: ScatterUnit) throws -> ScatteredUnit {
        var state = ScatterState()
        var file = SpoolFile(partitions: generation.partitions)
        for block in unit.blocks {
            try Cancellation.check()
            let texts = try corpora[unit.corpus].texts(of: block)
            let first = DocumentKey.key(corpus: unit.corpus, document: block.firstDocument)
            let encoded = encoder.encode(texts, firstDocument: first)
            for document in encoded.documents {
                let partition = DocumentDraws.partition(
                    of: document.id, seed: configuration.seed, count: generation.partitions.count)
                file.append(encoded.records[document.bytes], to: partition)
                state.validation.add(document.id, configuration: configuration)
            }
            state.documents += encoded.documents.count
            state.emptyDocuments += encoded.empty
            state.sentences += encoded.sentences
            state.tokens += encoded.tokens
            state.textBytes += block.rawSize
        }
        try file.write(to: directory + "/" + ShardSchema.spoolName(unit.number))
        try hook?(.spoolWritten(unit.number))
        return ScatteredUnit(number: unit.number, state: state)
    }
}
