/// A piece that is found in the text as it stands, before anything else is done to it: `[MASK]`, or what a user added.
///
/// The fields are those of Hugging Face's `AddedToken`; white space beside a token never gives a piece, so `lstrip` and
/// `rstrip` change nothing but offsets and are not kept.
public struct AddedToken: Sendable, Equatable {
    /// What is looked for.
    public var content: [UInt8]
    /// The id it gives.
    public var id: Int32
    /// Whether it is one of those a model knows for their role; these are only matched when asked for.
    public var isSpecial: Bool
    /// Whether it is left alone within a word.
    public var isSingleWord: Bool
    /// Whether it is looked for in normalised text rather than in the text as it stands.
    public var isNormalized: Bool

    /// Creates an added token.
    public init(
        content: [UInt8], id: Int32, isSpecial: Bool = true, isSingleWord: Bool = false, isNormalized: Bool = false
    ) {
        self.content = content
        self.id = id
        self.isSpecial = isSpecial
        self.isSingleWord = isSingleWord
        self.isNormalized = isNormalized
    }
}
