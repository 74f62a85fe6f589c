internal import GRDB
internal import Storage
internal import Streaming

/// The tables of `shards.sqlite`; docs/shard-format.md describes them.
enum ShardSchema {
    static let version = 1
    static let fileName = "shards.sqlite"

    static func path(_ directory: String) -> String { directory + "/" + fileName }

    static func open(_ directory: String, create: Bool) throws -> DatabaseQueue {
        try IndexDatabase.open(path(directory), kind: "shards", version: version, create: create, schema: makeTables)
    }

    private static func makeTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE partition (
                    id INTEGER PRIMARY KEY, state TEXT NOT NULL, spool_bytes INTEGER NOT NULL, documents INTEGER NOT NULL,
                    train_instances INTEGER NOT NULL, validation_instances INTEGER NOT NULL, tokens INTEGER NOT NULL,
                    bytes INTEGER NOT NULL, digest TEXT NOT NULL);
                CREATE TABLE block (
                    id INTEGER PRIMARY KEY, partition INTEGER NOT NULL REFERENCES partition, split TEXT NOT NULL,
                    file TEXT NOT NULL, offset INTEGER NOT NULL, size INTEGER NOT NULL, raw_size INTEGER NOT NULL,
                    checksum TEXT NOT NULL, first_instance INTEGER NOT NULL, count INTEGER NOT NULL);
                CREATE TABLE statistics (
                    split TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
                    PRIMARY KEY (split, name)) WITHOUT ROWID;
                """)
    }

    /// `part-00012.zst` or `spool-00012.bin`.
    static func partName(_ partition: Int) -> String { "part-\(digits(partition)).zst" }
    static func spoolName(_ partition: Int) -> String { "spool-\(digits(partition)).bin" }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}

/// The keys of `meta`.
enum ShardMeta {
    /// `scatter`, `build` or `complete`.
    static let state = "state"
    static let configuration = "configuration"
    static let toolVersion = "tool_version"
    static let corpusDigest = "corpus_digest"
    static let corpusTextBytes = "corpus_text_bytes"
    static let vocabularySize = "vocabulary_size"
    static let vocabularyDigest = "vocabulary_digest"
    static let tokenizer = "tokenizer"
    static let partitions = "partitions"
    static let scatter = "scatter"
    static let digest = "digest"
}
