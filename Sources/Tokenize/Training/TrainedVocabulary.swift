public import Streaming

/// What a training gives.
public struct TrainedVocabulary: Sendable, Equatable {
    /// The pieces in the order of their ids.
    public internal(set) var pieces: [String]
    /// Distinct words that were counted.
    public internal(set) var words: Int
    /// Whether there are as many pieces as were asked for; false if the text has too few pairs that come often enough.
    public internal(set) var reachedSize: Bool
    /// Rare words that were not learnt from, because the memory allowed holds no more.
    public internal(set) var wordsLeftOut = 0
    /// Bytes that went to scratch files while counting.
    public internal(set) var spilledBytes = 0
    /// Words of the glossary that became pieces or were pieces already.
    public internal(set) var terms = 0
    /// Words of the glossary that no tokeniser would ever give, since they are too long.
    public internal(set) var termsLeftOut = 0

    /// The pieces as a vocabulary.
    public func vocabulary() throws(Failure) -> Vocabulary { try Vocabulary(pieces: pieces) }
}
