internal import Foundation
public import Streaming

/// Learns a WordPiece vocabulary from text: words are counted in one pass, then pieces are found in them.
///
/// The result is the same for any number of threads and any cut into batches, and for any memory in which all
/// distinct words can be learnt from; with less, the rarest are left out by a rule of counts (see `WordSelection`).
/// Ids of characters are in code point order; equally good pairs are merged in the order of their ids.
public struct VocabularyTrainer: Sendable {
    /// What is learnt.
    public struct Configuration: Sendable, Equatable {
        /// Pieces wanted, special and unused ones among them.
        public var size: Int
        /// How text becomes words: the same as for the tokeniser that will use the vocabulary.
        public var options: TokenizerOptions
        /// How pieces are chosen.
        public var algorithm = VocabularyAlgorithm.frequency
        /// A pair, or a piece, that comes less often is not taken; nil goes by the algorithm.
        public var minimumFrequency: Int?
        /// Most different characters kept; the rarest go first.
        public var alphabetLimit: Int
        /// Characters that are pieces even if they never come.
        public var initialAlphabet = ""
        /// Pieces `[unused0]`, `[unused1]` and so on, after `[PAD]`, to be given a meaning later; of a base
        /// vocabulary so many stay as they are, and what is missing is added at the end.
        public var unusedPieces: Int
        /// The pieces of a vocabulary whose ids stay; new ones fill its `[unused]` places, then follow its last.
        public var base: [String]?
        /// Words that become pieces in any case.
        public var glossary: Glossary?
        /// The most memory the process is to take, in bytes: tables that reach it go to scratch files, and when not
        /// all words can be learnt from in it, the rarest are left out.
        public var memory = 512 << 20

        /// Creates a configuration.
        public init(
            size: Int = 30_522, options: TokenizerOptions = .uncased, minimumFrequency: Int? = nil,
            alphabetLimit: Int = 1_000, unusedPieces: Int = 0
        ) {
            self.size = size
            self.options = options
            self.minimumFrequency = minimumFrequency
            self.alphabetLimit = alphabetLimit
            self.unusedPieces = unusedPieces
        }
    }

    /// What the program takes besides counting and learning, generously.
    private static let programBytes = 48 << 20
    /// What a thread takes besides its counter: texts as they were read and as they are stored.
    private static let threadBytes = 6 << 20

    /// How many threads a training in so much memory can have; 0 when there is too little for one.
    public static func mostJobs(memory: Int) -> Int { max(0, memory - programBytes) / (threadBytes + (2 << 20)) }

    /// How far the training is.
    public enum Stage: Sendable, Equatable {
        /// Bytes of text read so far.
        case counting(bytes: Int)
        /// Pieces found so far.
        case merging(pieces: Int)
    }

    /// What is learnt.
    public let configuration: Configuration
    private let scratch: String
    private let name: String

    /// Creates a trainer.
    /// - Parameters:
    ///   - scratch: a folder for what memory cannot hold; nil is the system's folder for temporary files.
    ///   - name: what the names of files there begin with.
    public init(configuration: Configuration, scratch: String? = nil, name: String = "tessera") {
        self.configuration = configuration
        self.scratch = scratch ?? NSTemporaryDirectory()
        self.name = name
    }

    /// Removes what a killed training of this name left in a scratch folder.
    public static func removeLeftovers(scratch: String, name: String) throws(Failure) {
        try SpillFile.removeLeftovers(folder: scratch, name: name)
    }

    /// Reads all texts and learns the pieces.
    /// - Parameters:
    ///   - jobs: threads that count words.
    ///   - source: gives a batch of texts (some MB), nil at the end. Called on this thread.
    ///   - onProgress: told on this thread how far it is.
    /// - Throws: what `source` throws; a `Failure` if there is no word, or if `size` cannot hold the characters.
    public func train(
        jobs: Int, source: () throws -> [[UInt8]]?, onProgress: (Stage) -> Void = { _ in }
    ) throws -> TrainedVocabulary {
        try train(jobs: jobs, source: source, texts: { $0 }, onProgress: onProgress)
    }

    /// Reads all texts and learns the pieces.
    /// - Parameters:
    ///   - jobs: threads that read texts and count words.
    ///   - source: gives the name of a batch of texts (of some MB), nil at the end. Called on this thread.
    ///   - texts: reads the batch; called on any thread.
    ///   - onProgress: told on this thread how far it is.
    /// - Throws: what `source` and `texts` throw; a `Failure` if there is no word, or if `size` cannot hold the
    ///   characters.
    public func train<Batch: Sendable>(
        jobs: Int, source: () throws -> Batch?, texts: @escaping @Sendable (Batch) throws -> [[UInt8]],
        onProgress: (Stage) -> Void = { _ in }
    ) throws -> TrainedVocabulary {
        var words = try count(jobs: jobs, source: source, texts: texts, onProgress: onProgress)
        return try VocabularyLearner(configuration).learn(&words, onProgress: onProgress)
    }

    /// Memory for learning: it shapes the result when there are too many words, so threads have no say in it.
    private var learningBytes: Int { max(1 << 20, configuration.memory - VocabularyTrainer.programBytes) }

    private func countingBytes(_ jobs: Int) -> Int {
        max(jobs << 20, configuration.memory - VocabularyTrainer.programBytes - jobs * VocabularyTrainer.threadBytes)
    }

    /// Counts the words of all texts.
    /// - Parameters:
    ///   - countingBytes: memory for the tables of all threads.
    ///   - learningBytes: memory in which the words are to be learnt from.
    func count<Batch: Sendable>(
        jobs: Int, countingBytes: Int? = nil, learningBytes: Int? = nil, source: () throws -> Batch?,
        texts: @escaping @Sendable (Batch) throws -> [[UInt8]], onProgress: (Stage) -> Void = { _ in }
    ) throws -> CountedWords {
        let jobs = max(1, jobs)
        let counting = WordCounting(
            configuration.options, jobs: jobs, budget: countingBytes ?? self.countingBytes(jobs), folder: scratch,
            name: name)
        var bytes = 0
        try orderedParallelMap(jobs: jobs, window: jobs + 1, source: source) { batch in
            let found = try texts(batch)
            try counting.count(found)
            return found.reduce(0) { $0 + $1.count }
        } consume: { (count: Int) in
            bytes += count
            onProgress(.counting(bytes: bytes))
        }
        return try counting.finish(learningBytes: learningBytes ?? self.learningBytes)
    }
}
