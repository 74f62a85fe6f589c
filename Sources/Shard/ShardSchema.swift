internal import GRDB
internal import Storage
internal import Streaming

/// The tables of `shards.sqlite`; docs/shard-format.md describes them.
enum ShardSchema {
    static let version = 2
    static let fileName = "shards.sqlite"

    static func path(_ directory: String) -> String { directory + "/" + fileName }

    static func open(_ directory: String, create: Bool) throws -> DatabaseQueue {
        try IndexDatabase.open(path(directory), kind: "shards", version: version, create: create, schema: makeTables)
    }

    private static func makeTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE corpus (number INTEGER PRIMARY KEY, path TEXT NOT NULL, weight REAL NOT NULL);
                CREATE TABLE generation (
                    number INTEGER PRIMARY KEY, state TEXT NOT NULL, first_partition INTEGER NOT NULL,
                    partitions INTEGER NOT NULL, scatter TEXT NOT NULL, tool_version TEXT NOT NULL);
                CREATE TABLE coverage (
                    generation INTEGER NOT NULL REFERENCES generation, corpus INTEGER NOT NULL REFERENCES corpus,
                    first_document INTEGER NOT NULL, last_document INTEGER NOT NULL, text_bytes INTEGER NOT NULL,
                    digest TEXT NOT NULL, names_digest TEXT NOT NULL, PRIMARY KEY (generation, corpus)) WITHOUT ROWID;
                CREATE TABLE unit (number INTEGER PRIMARY KEY, state TEXT NOT NULL);
                CREATE TABLE partition (
                    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL REFERENCES generation,
                    revision INTEGER NOT NULL, state TEXT NOT NULL, spool_bytes INTEGER NOT NULL,
                    documents INTEGER NOT NULL, instances INTEGER NOT NULL, tokens INTEGER NOT NULL,
                    bytes INTEGER NOT NULL, digest TEXT NOT NULL);
                CREATE TABLE block (
                    id INTEGER PRIMARY KEY, partition INTEGER NOT NULL REFERENCES partition,
                    sequence_length INTEGER NOT NULL, split TEXT NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
                    size INTEGER NOT NULL, raw_size INTEGER NOT NULL, checksum TEXT NOT NULL,
                    first_instance INTEGER NOT NULL, count INTEGER NOT NULL);
                CREATE TABLE statistics (
                    sequence_length INTEGER NOT NULL, split TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
                    PRIMARY KEY (sequence_length, split, name)) WITHOUT ROWID;
                CREATE TABLE token_order (ids BLOB NOT NULL);
                CREATE TABLE removed (
                    document INTEGER PRIMARY KEY, instances INTEGER NOT NULL, time TEXT NOT NULL,
                    reason TEXT NOT NULL, tool_version TEXT NOT NULL);
                """)
    }

    /// `part-00012.zst`, or `part-00012-r1.zst` once written anew.
    static func partName(_ partition: Int, revision: Int) -> String {
        "part-\(digits(partition))\(revision == 0 ? "" : "-r\(revision)").zst"
    }

    /// As in `spool-00012.bin`.
    static func spoolName(_ unit: Int) -> String { "spool-\(digits(unit)).bin" }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}

/// The keys of `meta`.
enum ShardMeta {
    /// `building` or `complete`.
    static let state = "state"
    static let configuration = "configuration"
    static let toolVersion = "tool_version"
    static let vocabularySize = "vocabulary_size"
    static let vocabularyDigest = "vocabulary_digest"
    static let tokenizer = "tokenizer"
    static let digest = "digest"
}
