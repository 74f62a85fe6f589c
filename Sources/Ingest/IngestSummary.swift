/// What a corpus holds after an ingest.
public struct IngestSummary: Sendable, Equatable, Codable {
    /// Documents in the corpus.
    public var documents: Int
    /// Items left out, each with its reason in the corpus.
    public var rejected: Int
    /// Decompressed bytes of source that the corpus stands for.
    public var rawBytes: Int
    /// Bytes of text in the documents.
    public var textBytes: Int
    /// Wall-clock time of this run.
    public var seconds: Double
    /// The program's version.
    public var version: String
    /// The corpus's folder.
    public var output: String

    enum CodingKeys: String, CodingKey {
        case documents, rejected, seconds, version, output
        case rawBytes = "raw_bytes"
        case textBytes = "text_bytes"
    }
}
