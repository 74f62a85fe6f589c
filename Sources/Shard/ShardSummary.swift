/// The result of `tessera shard`.
public struct ShardSummary: Sendable, Codable, Equatable {
    /// Instances of both splits, and of each.
    public var instances, trainInstances, validationInstances: Int
    /// Tokens in all instances, special tokens left out.
    public var tokens: Int
    /// Documents that gave tokens, and their sentences.
    public var documents, sentences: Int
    /// Partitions, each a file of its own, and the bytes of those files.
    public var partitions, bytes: Int
    /// Wall-clock time of this run.
    public var seconds: Double
    /// Digest of the content, equal for equal input, options and seed.
    public var digest: String
    /// The program's version.
    public var version: String
    /// The folder written.
    public var output: String

    private enum CodingKeys: String, CodingKey {
        case instances
        case trainInstances = "train_instances"
        case validationInstances = "validation_instances"
        case tokens, documents, sentences, partitions, bytes, seconds, digest, version, output
    }
}
