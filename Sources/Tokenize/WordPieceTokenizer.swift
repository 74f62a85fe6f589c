/// BERT's tokeniser: a vocabulary and how text becomes words.
///
/// Gives the ids of Hugging Face's `BertTokenizerFast`.
public struct WordPieceTokenizer: Sendable {
    /// Words of more scalar values than this become `[UNK]` at once, as in the original.
    public static let longestWord = 100

    /// The pieces.
    public let vocabulary: Vocabulary
    /// How text becomes words.
    public let options: TokenizerOptions

    /// Creates a tokeniser.
    public init(vocabulary: Vocabulary, options: TokenizerOptions) {
        self.vocabulary = vocabulary
        self.options = options
    }

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
