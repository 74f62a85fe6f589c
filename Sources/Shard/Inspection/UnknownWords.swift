internal import Storage
internal import Streaming
internal import Tokenize

/// The words of a text that no pieces give, counted.
///
/// Memory: 200,000 words; beyond that those seen once are forgotten, so that counts of rare ones are lower bounds.
struct UnknownWords: Sendable {
    /// Bytes of text that are read when not all is wanted.
    static let sampleBytes = 16 << 20
    private static let capacity = 200_000

    private(set) var counts: [String: Int] = [:]
    private(set) var textBytes = 0

    /// Reads the documents in `wanted` of a corpus.
    /// - Parameter limit: bytes of corpus blocks after which no further one is read; nil for none.
    static func of(
        _ corpus: CorpusReader, _ tokenizer: WordPieceTokenizer, documents wanted: DocumentSet, limit: Int?, jobs: Int
    ) throws -> UnknownWords {
        let plain = tokenizer.matchingSpecialTokens(false)
        var words = UnknownWords()
        var (next, chosenBytes) = (0, 0)
        try orderedParallelMap(
            jobs: jobs,
            source: { () -> CorpusBlock? in
                while next < corpus.blocks.count, chosenBytes < limit ?? .max {
                    let block = corpus.blocks[next]
                    next += 1
                    let ids = block.firstDocument..<block.firstDocument + Int64(block.count)
                    guard ids.contains(where: wanted.contains) else { continue }
                    chosenBytes += block.rawSize
                    return block
                }
                return nil
            },
            transform: { block in
                var part = UnknownWords()
                let encoder = plain.makeAlignedEncoder()
                for (index, text) in try corpus.texts(of: block).enumerated()
                where wanted.contains(block.firstDocument + Int64(index)) {
                    part.add(text, encoder, unknownID: plain.vocabulary.unknownID)
                }
                return part
            },
            consume: { words.add($0) })
        return words
    }

    private mutating func add(_ text: [UInt8], _ encoder: AlignedEncoder, unknownID: Int32) {
        var tokens: [AlignedToken] = []
        textBytes += text.count
        // A line at a time: the encoder's scratch grows with what it is given.
        for line in text.split(separator: 10) {
            tokens.removeAll(keepingCapacity: true)
            encoder.encode(text, line.startIndex..<line.endIndex, into: &tokens)
            for token in tokens where token.id == unknownID {
                counts[String(decoding: text[token.range], as: UTF8.self), default: 0] += 1
            }
        }
    }

    mutating func add(_ other: UnknownWords) {
        textBytes += other.textBytes
        counts.merge(other.counts) { $0 + $1 }
        if counts.count > UnknownWords.capacity { counts = counts.filter { $0.value > 1 } }
    }

    /// The most frequent ones, those of equal counts by their bytes.
    func top(_ limit: Int) -> [(word: String, count: Int)] {
        let sorted = counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : Array(left.key.utf8).lexicographicallyPrecedes(Array(right.key.utf8))
        }
        return sorted.prefix(limit).map { ($0.key, $0.value) }
    }
}
