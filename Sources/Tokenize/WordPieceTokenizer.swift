/// BERT's tokeniser: a vocabulary and how text becomes words.
///
/// Gives the ids of Hugging Face's `BertTokenizerFast`.
public struct WordPieceTokenizer: Sendable {
    /// Words of more scalar values than this become `[UNK]` at once, as in the original.
    public static let longestWord = 100

    /// The most that `TokenizerOptions.longestWord` may be.
    public static let longestWordLimit = 500

    /// The pieces.
    public let vocabulary: Vocabulary
    /// How text becomes words.
    public let options: TokenizerOptions
    /// Pieces that are found in the text before it is cut into words.
    public let addedTokens: [AddedToken]

    /// Creates a tokeniser whose added tokens are the special pieces.
    public init(vocabulary: Vocabulary, options: TokenizerOptions) {
        let special = Vocabulary.specialPieces.compactMap { piece in
            vocabulary.id(of: piece).map { AddedToken(content: Array(piece.utf8), id: $0) }
        }
        self.init(vocabulary: vocabulary, options: options, addedTokens: special)
    }

    /// Creates a tokeniser.
    public init(vocabulary: Vocabulary, options: TokenizerOptions, addedTokens: [AddedToken]) {
        self.vocabulary = vocabulary
        self.options = options
        self.addedTokens = addedTokens
    }

    /// The same with special pieces matched in the text, or not.
    public func matchingSpecialTokens(_ matched: Bool) -> WordPieceTokenizer {
        var options = options
        options.matchSpecialTokens = matched
        return WordPieceTokenizer(vocabulary: vocabulary, options: options, addedTokens: addedTokens)
    }

    /// The added tokens that are looked for in the text as it stands.
    var matchedTokens: [AddedToken] {
        addedTokens.filter { !$0.isNormalized && (options.matchSpecialTokens || !$0.isSpecial) }
    }

    /// The added tokens that are looked for in normalised text.
    var normalizedTokens: [AddedToken] {
        addedTokens.filter { $0.isNormalized && (options.matchSpecialTokens || !$0.isSpecial) }
    }

    /// An encoder that also says where in the text each piece is: one for each worker.
    public func makeAlignedEncoder() -> AlignedEncoder { AlignedEncoder(self) }

    /// An encoder, which holds scratch buffers and a cache: one for each worker.
    public func makeEncoder() -> WordPieceEncoder { WordPieceEncoder(self) }

    /// The ids of a text, without `[CLS]` and `[SEP]`.
    ///
    /// For single texts: it makes an encoder each time.
    public func encode(_ text: String) -> [Int32] {
        let bytes = Array(text.utf8)
        var ids: [Int32] = []
        makeEncoder().encode(bytes, 0..<bytes.count, into: &ids)
        return ids
    }
}
