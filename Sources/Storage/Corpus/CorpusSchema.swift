internal import GRDB
internal import Streaming

/// The tables of `corpus.sqlite`; docs/corpus-format.md describes them.
enum CorpusSchema {
    static let version = 3
    static let fileName = "corpus.sqlite"

    /// What version 2 did not have: journals, and digests of what was taken out.
    private static let upgrades = [
        2: """
        ALTER TABLE document ADD COLUMN journal TEXT NOT NULL DEFAULT '';
        ALTER TABLE removed ADD COLUMN digest TEXT NOT NULL DEFAULT '';
        """
    ]

    /// The key of `meta` that says that a finished corpus has a seal; those of earlier programs have none.
    static let sealKey = "seal"

    static func seal(_ directory: String) -> FolderSeal {
        FolderSeal(directory, names: [fileName], commands: "'tessera ingest' or 'tessera remove'")
    }

    /// Opens the index of a corpus; `fill` adds to the transaction that makes a new one.
    static func open(
        _ directory: String, create: Bool, fill: (Database) throws -> Void = { _ in }
    ) throws -> DatabaseQueue {
        try IndexDatabase.open(
            directory + "/" + fileName, kind: "corpus", version: version, create: create, upgrades: upgrades,
            schema: { database in
                try makeTables(database)
                try IndexDatabase.setMeta(database, sealKey, FolderSeal.fileName)
                try fill(database)
            })
    }

    private static func makeTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE source (
                    id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
                    digest TEXT NOT NULL, licence TEXT NOT NULL, state TEXT NOT NULL);
                CREATE TABLE chunk (
                    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, number INTEGER NOT NULL,
                    first_item INTEGER NOT NULL, items INTEGER NOT NULL, raw_bytes INTEGER NOT NULL, state TEXT NOT NULL,
                    next_bit INTEGER, next_skip INTEGER, next_segment INTEGER,
                    UNIQUE (source, number));
                CREATE TABLE block (
                    id INTEGER PRIMARY KEY, chunk INTEGER NOT NULL REFERENCES chunk, file TEXT NOT NULL,
                    offset INTEGER NOT NULL, size INTEGER NOT NULL, raw_size INTEGER NOT NULL, checksum TEXT NOT NULL,
                    first_document INTEGER NOT NULL, count INTEGER NOT NULL);
                CREATE TABLE document (
                    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, external_id TEXT NOT NULL,
                    revision TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL,
                    licence TEXT NOT NULL, bytes INTEGER NOT NULL, block INTEGER NOT NULL REFERENCES block,
                    index_in_block INTEGER NOT NULL, digest TEXT NOT NULL, journal TEXT NOT NULL);
                CREATE TABLE rejected (
                    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, chunk INTEGER NOT NULL,
                    external_id TEXT NOT NULL, title TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL);
                CREATE TABLE loss (
                    kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
                    PRIMARY KEY (kind, name)) WITHOUT ROWID;
                CREATE TABLE removed (
                    document INTEGER PRIMARY KEY REFERENCES document, bytes INTEGER NOT NULL, time TEXT NOT NULL,
                    reason TEXT NOT NULL, tool_version TEXT NOT NULL, digest TEXT NOT NULL);
                CREATE TABLE wipe (
                    id INTEGER PRIMARY KEY, file TEXT NOT NULL, offset INTEGER NOT NULL, size INTEGER NOT NULL);
                """)
    }
}
