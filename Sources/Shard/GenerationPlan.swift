internal import GRDB
internal import Storage
internal import Streaming

/// What a generation is to hold: the documents of the corpora that no earlier one holds.
struct GenerationPlan {
    /// English text has 4.5 bytes to a token, spaces included; a partition then is somewhat smaller than asked for.
    static let textBytesOfToken = 4

    /// The next generation; nil when every document is in the set.
    static func next(
        after earlier: [Generation], corpora: [CorpusReader], configuration: ShardConfiguration, width: Int
    ) throws(Failure) -> Generation? {
        var coverage: [Generation.Coverage] = []
        for (number, corpus) in corpora.enumerated() {
            let parts = earlier.flatMap(\.coverage).filter { $0.corpus == number }
            let first = (parts.map(\.documents.upperBound).max() ?? 0) + 1
            guard corpus.lastDocument >= first else { continue }
            let documents = first...corpus.lastDocument
            let digests = try corpus.digests(of: documents)
            let bytes = corpus.blocks.reduce(0) { $0 + (documents.contains($1.firstDocument) ? $1.rawSize : 0) }
            coverage.append(
                Generation.Coverage(
                    corpus: number, documents: documents, textBytes: bytes, digest: digests.texts,
                    namesDigest: digests.names))
        }
        guard !coverage.isEmpty else { return nil }
        let first = earlier.last?.partitions.upperBound ?? 0
        let count = partitions(
            textBytes: coverage.reduce(0) { $0 + $1.textBytes }, width: width,
            partitionBytes: configuration.partitionBytes)
        return Generation(
            number: earlier.count, state: .scatter, partitions: first..<first + count, scatter: ScatterState(),
            coverage: coverage)
    }

    /// How many partitions so much text gets: a function of its size and the options, never of the machine.
    static func partitions(textBytes: Int, width: Int, partitionBytes: Int) -> Int {
        let tokenBytes = textBytes / textBytesOfToken * width
        return max(1, (tokenBytes + partitionBytes - 1) / partitionBytes)
    }
}
