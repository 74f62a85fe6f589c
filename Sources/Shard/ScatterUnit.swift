internal import Storage
internal import Streaming

/// A part of the first pass: some blocks of one corpus, whose documents are scattered into one spool file.
struct ScatterUnit: Sendable {
    /// Text of a unit, in bytes, at least.
    static let bytes = 8 << 20
    /// Units of a generation at most, roughly.
    static let most = 16_384

    let number: Int
    let corpus: Int
    let blocks: [CorpusBlock]

    /// The units of a generation, in the order of its documents; a function of its documents alone.
    static func all(
        _ generation: Generation, _ corpora: [CorpusReader], bytes: Int = ScatterUnit.bytes
    ) -> [ScatterUnit] {
        let total = generation.coverage.reduce(0) { $0 + $1.textBytes }
        let wanted = max(bytes, total / most)
        var units: [ScatterUnit] = []
        for part in generation.coverage {
            var blocks: [CorpusBlock] = []
            var size = 0
            func close() {
                if !blocks.isEmpty {
                    units.append(ScatterUnit(number: units.count, corpus: part.corpus, blocks: blocks))
                }
                (blocks, size) = ([], 0)
            }
            for block in corpora[part.corpus].blocks where part.documents.contains(block.firstDocument) {
                blocks.append(block)
                size += block.rawSize
                if size >= wanted { close() }
            }
            close()
        }
        return units
    }
}

/// A unit that is done: its number and its counts.
struct ScatteredUnit: Codable, Sendable {
    var number: Int
    var state: ScatterState
}
