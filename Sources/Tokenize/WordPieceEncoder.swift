/// Turns text into ids. Not for two threads at once: it holds scratch buffers and a word cache.
public final class WordPieceEncoder {
    private var core: EncoderCore

    init(_ tokenizer: WordPieceTokenizer) { core = EncoderCore(tokenizer) }

    /// Appends the ids of `text[range]`, without `[CLS]` and `[SEP]`. Bytes that are no UTF-8 are left out.
    ///
    /// Linear in the text (a word has at most 100 characters that are tried).
    public func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int32]) {
        core.encode(text.span, range, into: &ids)
    }
}

/// What an encoder does. The text is cut at ASCII white space and punctuation, which always end a word; each run
/// between is looked up in the cache, and normalised and matched against the vocabulary when it is not there.
struct EncoderCore {
    private let vocabulary: Vocabulary
    private let kinds = RunKind.table
    /// The ids of the ASCII characters as words of their own.
    private let characterIDs: [Int32]
    /// Bytes and ids of the pieces that are matched in the text itself; empty when that is off.
    private let specials: [(bytes: [UInt8], id: Int32)]
    private var normalizer: WordNormalizer
    private var cache = WordCache()

    init(_ tokenizer: WordPieceTokenizer) {
        let vocabulary = tokenizer.vocabulary
        self.vocabulary = vocabulary
        normalizer = WordNormalizer(tokenizer.options)
        characterIDs = (0..<128).map { vocabulary.id(of: String(Unicode.Scalar($0))) ?? vocabulary.unknownID }
        let matched = tokenizer.options.matchSpecialTokens ? Vocabulary.specialPieces : []
        specials = matched.map { (Array($0.utf8), vocabulary.id(of: $0) ?? vocabulary.unknownID) }
    }

    mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>, into ids: inout [Int32]) {
        var position = range.lowerBound
        let end = range.upperBound
        while position < end {
            let kind = kinds[Int(text[position])]
            if kind == RunKind.run {
                let start = position
                repeat { position += 1 } while position < end && kinds[Int(text[position])] == RunKind.run
                encodeRun(text, start..<position, into: &ids)
            } else if kind == RunKind.punctuation {
                position = encodePunctuation(text, position, end, into: &ids)
            } else {
                position += 1
            }
        }
    }

    /// Appends the id of the punctuation mark, or of the special piece that begins with it; returns what follows.
    @inline(__always)
    private func encodePunctuation(_ text: Span<UInt8>, _ start: Int, _ end: Int, into ids: inout [Int32]) -> Int {
        if text[start] == UInt8(ascii: "["), let (id, next) = special(text, start, end) {
            ids.append(id)
            return next
        }
        ids.append(characterIDs[Int(text[start])])
        return start + 1
    }

    private func special(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (id: Int32, next: Int)? {
        for (bytes, id) in specials where start + bytes.count <= end {
            if bytes.indices.allSatisfy({ text[start + $0] == bytes[$0] }) { return (id, start + bytes.count) }
        }
        return nil
    }

    @inline(__always)
    private mutating func encodeRun(_ text: Span<UInt8>, _ run: Range<Int>, into ids: inout [Int32]) {
        guard run.count <= WordCache.longestRun else { return encodeNewRun(text, run, into: &ids) }
        let place = cache.find(text.bytes, run.lowerBound, run.count)
        if place.found { return cache.appendIDs(at: place, to: &ids) }
        let first = ids.count
        encodeNewRun(text, run, into: &ids)
        cache.insert(text.bytes, run.lowerBound, run.count, at: place, ids: ids[first...])
    }

    private mutating func encodeNewRun(_ text: Span<UInt8>, _ run: Range<Int>, into ids: inout [Int32]) {
        normalizer.normalize(text, run)
        var start = 0
        for (word, end) in normalizer.ends.enumerated() {
            if normalizer.lengths[word] > WordPieceTokenizer.longestWord {
                ids.append(vocabulary.unknownID)
            } else {
                encodeWord(start..<end, into: &ids)
            }
            start = end
        }
    }

    /// Appends the pieces of a normalised word, the longest first piece that fits, then the longest that goes on;
    /// a word with a part that is no piece is `[UNK]` as a whole.
    private func encodeWord(_ word: Range<Int>, into ids: inout [Int32]) {
        let bytes = normalizer.bytes.span
        let first = ids.count
        var (position, node) = (word.lowerBound, PieceTrie.root)
        while position < word.upperBound {
            let (id, end) = vocabulary.trie.longestMatch(bytes, position..<word.upperBound, from: node)
            guard id >= 0 else {
                ids.removeSubrange(first...)
                ids.append(vocabulary.unknownID)
                return
            }
            ids.append(id)
            (position, node) = (end, vocabulary.continuationNode)
        }
    }
}
