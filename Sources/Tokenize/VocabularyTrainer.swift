public import Streaming

/// Learns a WordPiece vocabulary from text: the characters, then the most frequent pairs of pieces, merged one by one,
/// as the trainer of Hugging Face's tokenizers does.
///
/// The result is the same for any number of threads and any cut into batches. Of pairs that come equally often, the one
/// whose first (then second) piece has the smaller id is merged first; ids of characters are in code point order.
/// Memory grows with the number of distinct words, never with the text.
public struct VocabularyTrainer: Sendable {
    /// What is learnt.
    public struct Configuration: Sendable, Equatable {
        /// Pieces wanted, special and unused ones among them.
        public var size: Int
        /// How text becomes words: the same as for the tokeniser that will use the vocabulary.
        public var options: TokenizerOptions
        /// A pair that comes less often is not merged.
        public var minimumFrequency: Int
        /// Most different characters kept; the rarest go first.
        public var alphabetLimit: Int
        /// Pieces `[unused0]`, `[unused1]` ... after `[PAD]`, to be given a meaning later.
        public var unusedPieces: Int

        /// Creates a configuration.
        public init(
            size: Int = 30_522, options: TokenizerOptions = .uncased, minimumFrequency: Int = 2,
            alphabetLimit: Int = 1_000, unusedPieces: Int = 0
        ) {
            self.size = size
            self.options = options
            self.minimumFrequency = minimumFrequency
            self.alphabetLimit = alphabetLimit
            self.unusedPieces = unusedPieces
        }
    }

    /// How far the training is.
    public enum Stage: Sendable, Equatable {
        /// Bytes of text read so far.
        case counting(bytes: Int)
        /// Pieces found so far.
        case merging(pieces: Int)
    }

    /// What is learnt.
    public let configuration: Configuration

    /// Creates a trainer.
    public init(configuration: Configuration) { self.configuration = configuration }

    /// Reads all texts and learns the pieces.
    /// - Parameters:
    ///   - jobs: threads that count words.
    ///   - source: gives a batch of texts (some MB), nil at the end. Called on this thread.
    ///   - onProgress: told on this thread how far it is.
    /// - Throws: what `source` throws; a `Failure` if there is no word, or if `size` cannot hold the characters.
    public func train(
        jobs: Int, source: () throws -> [[UInt8]]?, onProgress: (Stage) -> Void = { _ in }
    ) throws -> TrainedVocabulary {
        let pool = WordCounterPool(configuration.options)
        var bytes = 0
        let read: () throws -> [[UInt8]]? = {
            guard let batch = try source() else { return nil }
            bytes += batch.reduce(0) { $0 + $1.count }
            onProgress(.counting(bytes: bytes))
            return batch
        }
        try orderedParallelMap(jobs: jobs, window: jobs + 1, source: read, transform: pool.count, consume: { _ in })
        var counter = pool.takeSum()
        return try learn(counter.takeWords(), onProgress: onProgress)
    }

    /// Learns from words and how often each came, in any order that is always the same.
    func learn(
        _ words: [(word: [UInt8], count: UInt64)], onProgress: (Stage) -> Void = { _ in }
    ) throws(Failure) -> TrainedVocabulary {
        guard !words.isEmpty else {
            throw Failure(.badData, "there is no word to learn a vocabulary from", remedy: "give a corpus with text")
        }
        var pieces = PieceList(special: specialPieces)
        let symbols = addCharacters(of: words, to: &pieces)
        guard pieces.count <= configuration.size else {
            throw Failure(
                .usage,
                "a vocabulary of \(configuration.size) cannot hold the \(pieces.count) special pieces and characters",
                remedy: "ask for more pieces or for a smaller alphabet")
        }
        var merger = PairMerger(words: symbols, counts: words.map(\.count))
        while pieces.count < configuration.size,
            let (a, b, pair) = merger.next(minimum: UInt64(max(1, configuration.minimumFrequency)))
        {
            merger.merge(a, b, pair: pair, into: pieces.join(a, b))
            if pieces.count % 256 == 0 {
                try Cancellation.check()
                onProgress(.merging(pieces: pieces.count))
            }
        }
        return TrainedVocabulary(
            pieces: pieces.strings, words: words.count, reachedSize: pieces.count == configuration.size)
    }

    private var specialPieces: [String] {
        let unused = (0..<max(0, configuration.unusedPieces)).map { "[unused\($0)]" }
        return Vocabulary.specialPieces.prefix(1) + unused + Vocabulary.specialPieces.dropFirst()
    }

    /// Adds the most frequent characters, as they begin words and as they go on with them, in code point order.
    /// - Returns: the words as pieces; characters that were left out are left out there too.
    private func addCharacters(of words: [(word: [UInt8], count: UInt64)], to pieces: inout PieceList) -> [[Int32]] {
        let scalars = words.map { String(decoding: $0.word, as: UTF8.self).unicodeScalars.map(\.value) }
        var counts: [UInt32: UInt64] = [:]
        var inside: Set<UInt32> = []
        for (word, values) in scalars.enumerated() {
            for value in values { counts[value, default: 0] += words[word].count }
            inside.formUnion(values.dropFirst())
        }
        let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        let alphabet = ranked.prefix(max(0, configuration.alphabetLimit)).map(\.key).sorted()
        var first: [UInt32: Int32] = [:]
        var later: [UInt32: Int32] = [:]
        for value in alphabet { first[value] = pieces.add(character: value, continuing: false) }
        for value in alphabet where inside.contains(value) {
            later[value] = pieces.add(character: value, continuing: true)
        }
        return scalars.map { values in
            values.enumerated().compactMap { index, value in index == 0 ? first[value] : later[value] }
        }
    }
}

/// What a training gives.
public struct TrainedVocabulary: Sendable, Equatable {
    /// The pieces in the order of their ids.
    public let pieces: [String]
    /// Distinct words that were counted.
    public let words: Int
    /// Whether there are as many pieces as were asked for; false if the text has too few pairs that come often enough.
    public let reachedSize: Bool

    /// The pieces as a vocabulary.
    public func vocabulary() throws(Failure) -> Vocabulary { try Vocabulary(pieces: pieces) }
}
