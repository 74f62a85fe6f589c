/// How pieces are chosen; docs/vocabulary.md compares them.
public enum VocabularyAlgorithm: String, Sendable, CaseIterable, Codable {
    /// The most frequent pair of neighbours is merged, again and again, as Hugging Face's `WordPieceTrainer` does.
    case frequency
    /// The pair whose count is the greatest multiple of what chance would give is merged, again and again.
    case likelihood
    /// Pieces are what is left of frequent words, as TensorFlow Text's learner finds them.
    case topdown

    /// A pair, or a piece, that comes less often is not taken, if the user does not say otherwise.
    public var defaultMinimumFrequency: Int { self == .topdown ? 10 : 2 }
}
