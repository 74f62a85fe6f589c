/// Turns text into ids and says where in the text each piece is.
///
/// Slower than `WordPieceEncoder`, which gives the same ids: nothing is remembered. Not for two threads at once: it
/// holds scratch buffers, a few words for each character of the longest text.
public final class AlignedEncoder {
    private let vocabulary: Vocabulary
    private let unknownID: Int32
    private let longestWord: Int
    private let added: AddedTokenMatcher?
    /// Added tokens that are looked for in normalised text.
    private let normalizedAdded: AddedTokenMatcher?
    private var normalizer: ScalarNormalizer<AlignedText>
    private var ids: [UInt32]

    init(_ tokenizer: WordPieceTokenizer) {
        vocabulary = tokenizer.vocabulary
        unknownID = vocabulary.unknownID
        longestWord = tokenizer.options.wordLimit
        added = AddedTokenMatcher(tokenizer.matchedTokens)
        normalizer = ScalarNormalizer(tokenizer.options, output: AlignedText())
        ids = [UInt32](repeating: 0, count: 4 * longestWord)
        normalizedAdded = AddedTokenMatcher(
            tokenizer.normalizedTokens.map { token in
                var normalizer = ScalarNormalizer(tokenizer.options, output: AlignedText())
                normalizer.normalize(token.content.span, 0..<token.content.count)
                var token = token
                token.content = normalizer.output.bytes
                return token
            })
    }

    /// Appends the pieces of `text[range]`, without `[CLS]` and `[SEP]`; their ranges are places in `text`.
    ///
    /// Bytes that are no UTF-8 are left out. Linear in the text.
    public func encode(_ text: [UInt8], _ range: Range<Int>, into tokens: inout [AlignedToken]) {
        var start = range.lowerBound
        while let added, start < range.upperBound {
            let match = text.withUnsafeBufferPointer {
                added.next(in: UnsafeBufferPointer(rebasing: $0[range]), from: start - range.lowerBound)
            }
            guard let match else { break }
            let lower = match.range.lowerBound + range.lowerBound
            encodePlain(text, start..<lower, into: &tokens)
            start = lower + match.range.count
            tokens.append(AlignedToken(id: Int32(bitPattern: match.id), range: lower..<start))
        }
        encodePlain(text, start..<range.upperBound, into: &tokens)
    }

    /// The same for a text without added tokens, normalised ones apart.
    private func encodePlain(_ text: [UInt8], _ range: Range<Int>, into tokens: inout [AlignedToken]) {
        normalizer.output.removeAll()
        normalizer.normalize(text.span, range)
        let characters = normalizer.output.characters
        guard let normalizedAdded else { return encodeWords(0..<characters.count, into: &tokens) }
        normalizer.output.bytes.withUnsafeBufferPointer { bytes in
            var (start, position) = (0, 0)
            while let match = normalizedAdded.next(in: bytes, from: position) {
                let first = character(at: match.range.lowerBound)
                let last = character(at: match.range.upperBound - 1)
                encodeWords(start..<first, into: &tokens)
                let source = characters[first].source.lowerBound..<characters[last].source.upperBound
                tokens.append(AlignedToken(id: Int32(bitPattern: match.id), range: source))
                (start, position) = (last + 1, match.range.upperBound)
            }
            encodeWords(start..<characters.count, into: &tokens)
        }
    }

    /// The character that a byte of the normalised text belongs to, found by halving.
    private func character(at byte: Int) -> Int {
        let characters = normalizer.output.characters
        var (low, high) = (0, characters.count)
        while low < high {
            let middle = (low + high) / 2
            if characters[middle].end <= byte { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func encodeWords(_ range: Range<Int>, into tokens: inout [AlignedToken]) {
        var start = range.lowerBound
        for index in range {
            let kind = normalizer.output.characters[index].kind
            if kind == .letter { continue }
            encodeWord(start..<index, into: &tokens)
            if kind == .alone { encodeWord(index..<index + 1, into: &tokens) }
            start = index + 1
        }
        encodeWord(start..<range.upperBound, into: &tokens)
    }

    private func encodeWord(_ word: Range<Int>, into tokens: inout [AlignedToken]) {
        guard !word.isEmpty else { return }
        let text = normalizer.output
        let bytes = text.start(word.lowerBound)..<text.characters[word.upperBound - 1].end
        let count = word.count > longestWord ? 0 : match(bytes)
        guard count > 0 else {
            tokens.append(AlignedToken(id: unknownID, range: source(word)))
            return
        }
        var (character, end) = (word.lowerBound, bytes.lowerBound)
        for index in 0..<count {
            let id = Int32(bitPattern: ids[index])
            end += vocabulary.pieceBytes(id).count - (index > 0 ? 2 : 0)
            let first = character
            while character < word.upperBound, text.characters[character].end <= end { character += 1 }
            tokens.append(AlignedToken(id: id, range: source(first..<character)))
        }
    }

    private func match(_ bytes: Range<Int>) -> Int {
        normalizer.output.bytes.withUnsafeBufferPointer { text in
            ids.withUnsafeMutableBufferPointer { ids in
                ids.baseAddress.map {
                    vocabulary.matcher.match(UnsafeBufferPointer(rebasing: text[bytes]), into: $0)
                } ?? 0
            }
        }
    }

    private func source(_ characters: Range<Int>) -> Range<Int> {
        let sources = normalizer.output.characters[characters].lazy.map(\.source)
        return (sources.first?.lowerBound ?? 0)..<(sources.last?.upperBound ?? 0)
    }
}
