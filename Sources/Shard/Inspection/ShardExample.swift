internal import Storage
internal import Streaming
internal import Tokenize

/// An instance decoded, with where its two segments are from.
public struct ShardExample: Sendable, Codable, Equatable {
    /// A document of the corpus.
    public struct Document: Sendable, Codable, Equatable {
        /// Its number in its corpus.
        public var id: Int64
        /// Corpus, source, name in the source, revision, title, address and journal; nil without the corpus.
        public var corpus, source, externalID, revision, title, url, journal: String?
        /// Whether the segment's tokens are those of the document's text at some place; nil without the corpus.
        public var isFound: Bool?
    }

    /// Its number in the training split.
    public var index: Int
    /// Whether B is from another document (NSP) or the two are swapped (SOP).
    public var isRandomNext: Bool
    /// Tokens, special ones included.
    public var length: Int
    /// Pieces with special ones; the masked ones of epoch 0 as `[MASK]{true piece}`.
    public var pieces: String
    /// Its runs: segments A and B, or one of each document.
    public var runs: [Run]

    /// A stretch of a document.
    public struct Run: Sendable, Codable, Equatable {
        /// Its pieces joined to words.
        public var text: String
        /// Where it is from.
        public var document: Document
    }

    /// The first instances of the training split.
    static func first(
        _ count: Int, of reader: ShardReader, _ tokenizer: WordPieceTokenizer, corpora: ShardCorpora
    ) throws(Failure) -> [ShardExample] {
        let policy = MaskingPolicy(reader.information, vocabulary: tokenizer.vocabulary)
        var examples: [ShardExample] = []
        for index in 0..<min(max(0, count), reader.count(.train)) {
            let instance = try reader.instance(index, .train)
            let masked = policy.apply(instance, seed: reader.information.seed, epoch: 0)
            examples.append(
                ShardExample(
                    index: index, isRandomNext: instance.isRandomNext, length: masked.tokens.count,
                    pieces: pieces(masked, tokenizer.vocabulary), runs: try runs(instance, tokenizer, corpora)))
        }
        return examples
    }

    private static func runs(
        _ instance: Instance, _ tokenizer: WordPieceTokenizer, _ corpora: ShardCorpora
    ) throws(Failure) -> [Run] {
        var runs: [Run] = []
        var start = 0
        for run in instance.runs {
            let ids = Array(instance.tokens[start..<start + run.count])
            start += run.count
            runs.append(
                Run(
                    text: words(ids, tokenizer.vocabulary),
                    document: try document(run.document, ids, tokenizer, corpora)))
        }
        return runs
    }

    private static func pieces(_ example: MaskedExample, _ vocabulary: Vocabulary) -> String {
        var pieces = example.tokens.map { vocabulary.piece($0) }
        for (position, label) in zip(example.positions, example.labels) {
            pieces[Int(position)] += "{\(vocabulary.piece(label))}"
        }
        return pieces.joined(separator: " ")
    }

    private static func words(_ ids: [Int32], _ vocabulary: Vocabulary) -> String {
        var text = ""
        for id in ids {
            let piece = vocabulary.piece(id)
            if vocabulary.isContinuation(id) {
                text += piece.dropFirst(2)
            } else {
                text += (text.isEmpty ? "" : " ") + piece
            }
        }
        return text
    }

    private static func document(
        _ key: Int64, _ segment: [Int32], _ tokenizer: WordPieceTokenizer, _ corpora: ShardCorpora
    ) throws(Failure) -> Document {
        let id = DocumentKey.document(key)
        guard let place = corpora.find(key), let found = try place.corpus.reader.provenance(of: id) else {
            return Document(id: id)
        }
        var ids: [Int32] = []
        if let text = try place.corpus.reader.text(of: id) {
            tokenizer.matchingSpecialTokens(false).makeEncoder().encode(text, 0..<text.count, into: &ids)
        }
        return Document(
            id: id, corpus: place.corpus.reader.directory, source: found.source, externalID: found.externalID,
            revision: found.revision, title: found.title,
            url: found.url, journal: found.journal, isFound: ids.holds(segment))
    }
}

extension [Int32] {
    /// Whether `part` stands somewhere in the array (Knuth, Morris and Pratt: linear time).
    func holds(_ part: [Int32]) -> Bool {
        guard !part.isEmpty else { return true }
        var borders = [0]
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = borders[length - 1] }
            if part[index] == part[length] { length += 1 }
            borders.append(length)
        }
        length = 0
        for id in self {
            while length > 0, id != part[length] { length = borders[length - 1] }
            if id == part[length] { length += 1 }
            if length == part.count { return true }
        }
        return false
    }
}
