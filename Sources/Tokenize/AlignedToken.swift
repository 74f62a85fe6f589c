/// A piece and the bytes of the text that it stands for.
///
/// As in Hugging Face's offsets: from the first character of which something is left in the piece to the end of the
/// last one, so marks that were stripped at the end of a word belong to no piece, and the letters of one Hangul
/// syllable share its bytes. `[UNK]` stands for its whole word.
public struct AlignedToken: Sendable, Equatable {
    /// The id.
    public var id: Int32
    /// Where it is in the text, in bytes.
    public var range: Range<Int>

    /// Creates a token.
    public init(id: Int32, range: Range<Int>) {
        self.id = id
        self.range = range
    }
}
