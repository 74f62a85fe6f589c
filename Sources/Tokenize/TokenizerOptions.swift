/// How text becomes words, with the meaning each option has in the BERT papers' code and in Hugging Face's.
public struct TokenizerOptions: Sendable, Equatable, Codable {
    /// Every character is made lower-case, by itself (a final sigma becomes a plain one).
    public var lowercase: Bool
    /// Canonical decomposition, then non-spacing marks are removed; nil does so when `lowercase` is set.
    public var stripAccents: Bool?
    /// Each Chinese character is a word of its own.
    public var splitChinese: Bool
    /// A literal `[MASK]`, `[SEP]` and so on in the text is that special token; off, it is brackets and a word.
    public var matchSpecialTokens: Bool
    /// Words of more scalar values than this become `[UNK]` at once; nil is 100, as in the original.
    public var longestWord: Int?

    /// Creates options.
    public init(
        lowercase: Bool, stripAccents: Bool? = nil, splitChinese: Bool = true, matchSpecialTokens: Bool = false,
        longestWord: Int? = nil
    ) {
        self.lowercase = lowercase
        self.stripAccents = stripAccents
        self.splitChinese = splitChinese
        self.matchSpecialTokens = matchSpecialTokens
        self.longestWord = longestWord
    }

    /// As `bert-base-uncased`: lower case, no accents.
    public static let uncased = TokenizerOptions(lowercase: true)
    /// As `bert-base-cased`: letters as they are.
    public static let cased = TokenizerOptions(lowercase: false)

    /// Scalar values a word may have, with the default resolved; never more than an encoder has room for.
    var wordLimit: Int { min(longestWord ?? WordPieceTokenizer.longestWord, WordPieceTokenizer.longestWordLimit) }

    /// Whether accents go, with the default resolved.
    var stripsAccents: Bool { stripAccents ?? lowercase }
}
