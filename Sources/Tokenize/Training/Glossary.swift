/// Words that are to be pieces: a term a line, normalised as the tokeniser does; a term of several words gives them all.
public struct Glossary: Sendable, Equatable {
    /// The words, each once, in the order of their first coming.
    public let words: [[UInt8]]
    /// Words of more than 100 characters: a tokeniser never gives them.
    public let leftOut: Int

    /// - Parameters:
    ///   - text: the glossary, UTF-8.
    ///   - options: how text becomes words.
    public init(_ text: [UInt8], options: TokenizerOptions) {
        var normalizer = WordNormalizer(options)
        normalizer.normalize(text.span, 0..<text.count)
        let (bytes, ends) = (normalizer.bytes, normalizer.ends)
        var (words, seen): ([[UInt8]], Set<[UInt8]>) = ([], [])
        var (start, leftOut) = (0, 0)
        for end in ends {
            let word = Array(bytes[start..<end])
            start = end
            guard seen.insert(word).inserted else { continue }
            if Alphabet.length(word.span, 0..<word.count) > WordPieceTokenizer.longestWord {
                leftOut += 1
            } else {
                words.append(word)
            }
        }
        (self.words, self.leftOut) = (words, leftOut)
    }
}
