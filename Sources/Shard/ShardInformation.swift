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
    /// Documents that gave tokens, and those that gave none.
    public var documents, emptyDocuments: Int
    /// Sentences of those documents.
    public var sentences: Int
    /// Instances of each split.
    public var trainInstances, validationInstances: Int
    /// Tokens in all instances, special tokens left out.
    public var tokens: Int
    /// Partitions, each a file of its own.
    public var partitions: Int
    /// Bytes of those files.
    public var bytes: Int
    /// XXH3-128 over the content of all partitions, in order.
    public var digest: String

    /// Tokens of an instance at most, special tokens included.
    public var sequenceLength: Int { configuration.sequenceLength }
    /// The second task.
    public var objective: ShardObjective { configuration.objective }
    /// When masks are drawn.
    public var masking: ShardMasking { configuration.masking }
    /// Whether all pieces of a word are masked together.
    public var wholeWord: Bool { configuration.wholeWord }
    /// Share of the tokens to predict.
    public var maskProbability: Double { configuration.maskProbability }
    /// Predictions of an instance at most.
    public var maxPredictions: Int { configuration.predictionLimit }
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
        case documents
        case emptyDocuments = "empty_documents"
        case sentences
        case trainInstances = "train_instances"
        case validationInstances = "validation_instances"
        case tokens, partitions, bytes, digest
    }

    /// Reads the index of a finished set.
    static func read(_ database: Database, path: String) throws -> ShardInformation {
        let state = try ShardIndex.meta(database, ShardMeta.state, path: path)
        guard state == "complete" else {
            throw Failure(
                .badData, "these shards are not finished", at: path, remedy: "run 'tessera shard' again; it resumes")
        }
        let configuration = try ShardCoding.value(
            ShardIndex.meta(database, ShardMeta.configuration, path: path), as: ShardConfiguration.self,
            key: ShardMeta.configuration, path: path)
        try check(configuration, path: path)
        let scatter = try ShardCoding.value(
            ShardIndex.meta(database, ShardMeta.scatter, path: path), as: ScatterState.self, key: ShardMeta.scatter,
            path: path)
        let partitions = try ShardIndex.partitions(database, path: path)
        let expected = try ShardIndex.number(database, ShardMeta.partitions, path: path)
        let vocabularySize = try ShardIndex.number(database, ShardMeta.vocabularySize, path: path)
        guard partitions.map(\.id) == Array(0..<partitions.count), partitions.count == expected,
            partitions.allSatisfy(\.isDone), partitions.allSatisfy(\.isPlausible),
            (5...1 << 24).contains(vocabularySize)
        else {
            throw Failure(.badData, "its tables contradict each other", at: path, remedy: "restore the file")
        }
        return try ShardInformation(
            configuration: configuration, toolVersion: ShardIndex.meta(database, ShardMeta.toolVersion, path: path),
            vocabularySize: vocabularySize,
            vocabularyDigest: ShardIndex.meta(database, ShardMeta.vocabularyDigest, path: path),
            corpusDigest: ShardIndex.meta(database, ShardMeta.corpusDigest, path: path),
            documents: scatter.documents, emptyDocuments: scatter.emptyDocuments, sentences: scatter.sentences,
            trainInstances: partitions.reduce(0) { $0 + $1.trainInstances },
            validationInstances: partitions.reduce(0) { $0 + $1.validationInstances },
            tokens: partitions.reduce(0) { $0 + $1.tokens }, partitions: partitions.count,
            bytes: partitions.reduce(0) { $0 + $1.bytes },
            digest: ShardIndex.meta(database, ShardMeta.digest, path: path))
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

extension PartitionRow {
    /// Whether the numbers can be added up without overflow.
    fileprivate var isPlausible: Bool {
        [trainInstances, validationInstances, tokens, bytes].allSatisfy { (0...1 << 50).contains($0) }
    }
}
