internal import GRDB
internal import Storage
internal import Streaming

/// What a finished set of shards says of itself.
public struct ShardInformation: Sendable, Equatable, Codable {
    /// The options it was made with.
    public var configuration: ShardConfiguration
    /// The version of the program that made it.
    public var toolVersion: String
    /// Pieces of the vocabulary; every token id is below.
    public var vocabularySize: Int
    /// Digest of the vocabulary's pieces.
    public var vocabularyDigest: String
    /// Digest of the corpus it was made from.
    public var corpusDigest: String
    /// Tokens of an instance at most, special tokens included: the length that is read.
    public var sequenceLength: Int
    /// Documents that gave tokens, and those that gave none.
    public var documents, emptyDocuments: Int
    /// Sentences of those documents.
    public var sentences: Int
    /// Instances of each split, of the length that is read.
    public var trainInstances, validationInstances: Int
    /// Tokens in those instances, special tokens left out.
    public var tokens: Int
    /// Partitions, each a file of its own.
    public var partitions: Int
    /// Bytes of those files, all lengths together.
    public var bytes: Int
    /// XXH3-128 over the content of all partitions, in order.
    public var digest: String

    /// Every length the set holds.
    public var sequenceLengths: [Int] { configuration.sequenceLengths }
    /// The second task.
    public var objective: ShardObjective { configuration.objective }
    /// When masks are drawn.
    public var masking: ShardMasking { configuration.masking }
    /// Whether all pieces of a word are masked together.
    public var wholeWord: Bool { configuration.wholeWord }
    /// Share of the tokens to predict.
    public var maskProbability: Double { configuration.maskProbability }
    /// Predictions of an instance at most.
    public var maxPredictions: Int { configuration.predictionLimit(sequenceLength) }
    /// The seed the shards were made with.
    public var seed: UInt64 { configuration.seed }

    /// Instances of a split.
    public func count(_ split: ShardSplit) -> Int { split == .train ? trainInstances : validationInstances }

    private enum CodingKeys: String, CodingKey {
        case configuration
        case toolVersion = "tool_version"
        case vocabularySize = "vocabulary_size"
        case vocabularyDigest = "vocabulary_digest"
        case corpusDigest = "corpus_digest"
        case sequenceLength = "sequence_length"
        case documents
        case emptyDocuments = "empty_documents"
        case sentences
        case trainInstances = "train_instances"
        case validationInstances = "validation_instances"
        case tokens, partitions, bytes, digest
    }

    /// Reads the index of a finished set.
    /// - Parameter sequenceLength: the length to read; nil takes the first one.
    static func read(_ database: Database, path: String, sequenceLength: Int? = nil) throws -> ShardInformation {
        let state = try ShardIndex.meta(database, ShardMeta.state, path: path)
        guard state == "complete" else {
            throw Failure(
                .badData, "these shards are not finished", at: path, remedy: "run 'tessera shard' again; it resumes")
        }
        let configuration = try configuration(database, path: path)
        let length = sequenceLength ?? configuration.sequenceLength
        guard configuration.sequenceLengths.contains(length) else {
            let lengths = configuration.sequenceLengths.map(String.init).joined(separator: ", ")
            throw Failure(
                .usage, "hold no instances of length \(length)", at: path, remedy: "choose one of \(lengths)")
        }
        let generations = try GenerationIndex.all(database, path: path)
        let partitions = try ShardIndex.partitions(database, path: path)
        let statistics = try ShardIndex.statistics(database, path: path)
        let vocabularySize = try ShardIndex.number(database, ShardMeta.vocabularySize, path: path)
        guard partitions.map(\.id) == Array(0..<partitions.count), partitions.allSatisfy(\.isDone),
            generations.last?.partitions.upperBound == partitions.count,
            generations.allSatisfy({ $0.state == .complete && $0.scatter.isPlausible }),
            (5...1 << 24).contains(vocabularySize), let first = generations.first?.coverage.first
        else {
            throw Failure(.badData, "its tables contradict each other", at: path, remedy: "restore the file")
        }
        func count(_ name: String, _ split: ShardSplit) -> Int {
            statistics[ShardSet(sequenceLength: length, split: split)]?[name] ?? 0
        }
        return try ShardInformation(
            configuration: configuration, toolVersion: ShardIndex.meta(database, ShardMeta.toolVersion, path: path),
            vocabularySize: vocabularySize,
            vocabularyDigest: ShardIndex.meta(database, ShardMeta.vocabularyDigest, path: path),
            corpusDigest: first.digest, sequenceLength: length,
            documents: generations.reduce(0) { $0 + $1.scatter.documents },
            emptyDocuments: generations.reduce(0) { $0 + $1.scatter.emptyDocuments },
            sentences: generations.reduce(0) { $0 + $1.scatter.sentences },
            trainInstances: count("instances", .train), validationInstances: count("instances", .validation),
            tokens: ShardSplit.allCases.reduce(0) { $0 + count("tokens", $1) }, partitions: partitions.count,
            bytes: partitions.reduce(0) { $0 + $1.bytes },
            digest: ShardIndex.meta(database, ShardMeta.digest, path: path))
    }

    /// The options a set was made with, the weights of its corpora among them.
    static func configuration(_ database: Database, path: String) throws -> ShardConfiguration {
        var configuration = try ShardCoding.value(
            ShardIndex.meta(database, ShardMeta.configuration, path: path), as: ShardConfiguration.self,
            key: ShardMeta.configuration, path: path)
        configuration.weights = try GenerationIndex.corpora(database, path: path).map(\.weight)
        try check(configuration, path: path)
        return configuration
    }

    private static func check(_ configuration: ShardConfiguration, path: String) throws(Failure) {
        do {
            try configuration.validate()
        } catch {
            throw Failure(
                .badData, "its configuration is damaged: \(error.message)", at: path, remedy: "restore the file")
        }
    }
}

extension ScatterState {
    /// Whether the numbers can be added up without overflow.
    fileprivate var isPlausible: Bool {
        [documents, emptyDocuments, sentences, tokens, textBytes].allSatisfy { (0...1 << 50).contains($0) }
    }
}
