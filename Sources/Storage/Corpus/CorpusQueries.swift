internal import GRDB
internal import Streaming

/// The SQL of a corpus, in one place.
enum CorpusQueries {
    private static let sourceColumns = """
        SELECT source.*, (SELECT COUNT(*) FROM chunk WHERE chunk.source = source.id) AS chunks,
            (SELECT COALESCE(SUM(items), 0) FROM chunk WHERE chunk.source = source.id) AS items,
            last.next_bit, last.next_skip, last.next_segment
        FROM source LEFT JOIN chunk AS last ON last.source = source.id
            AND last.number = (SELECT MAX(number) FROM chunk WHERE chunk.source = source.id)
        """

    /// Makes a source's row unless it is there.
    static func enter(_ database: Database, _ source: NewSource, digest: String) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO source (uri, kind, bytes, digest, licence, state) VALUES (?,?,?,?,?,'open')
                """,
            arguments: [source.uri, source.kind, source.bytes, digest, source.licence])
    }

    static func source(_ database: Database, uri: String) throws -> CorpusSource {
        try source(
            Row.fetchOne(database, sql: sourceColumns + " WHERE uri = ?", arguments: [uri])!, CorpusSchema.fileName)
    }

    static func source(_ database: Database, id: Int64) throws -> CorpusSource {
        try source(
            Row.fetchOne(database, sql: sourceColumns + " WHERE source.id = ?", arguments: [id])!, CorpusSchema.fileName
        )
    }

    static func sources(_ database: Database, path: String) throws -> [CorpusSource] {
        try Row.fetchAll(database, sql: sourceColumns + " ORDER BY source.id").map { try source($0, path) }
    }

    private static func source(_ row: Row, _ path: String) throws(Failure) -> CorpusSource {
        let row = RowReader(row: row, path: path)
        return try CorpusSource(
            id: row.value("id"), uri: row.value("uri"), kind: row.value("kind"), bytes: row.number("bytes"),
            digest: row.value("digest"), licence: row.value("licence"),
            state: state(row, path), chunks: row.number("chunks"), items: row.number("items"),
            position: position(row))
    }

    private static func state(_ row: RowReader, _ path: String) throws(Failure) -> CorpusSource.State {
        let name: String = try row.value("state")
        guard let state = CorpusSource.State(rawValue: name) else {
            throw Failure(
                .badData, "a source has the unknown state '\(name)'", at: path,
                remedy: "restore the file, or ingest again")
        }
        return state
    }

    private static func position(_ row: RowReader) throws(Failure) -> SourcePosition? {
        guard let bit = try row.optional("next_bit") else { return nil }
        return try SourcePosition(bit: bit, skip: row.number("next_skip"), segment: row.number("next_segment"))
    }

    static func blocks(_ database: Database, path: String) throws -> [CorpusBlock] {
        try Row.fetchAll(database, sql: "SELECT * FROM block ORDER BY id").map { row in
            let row = RowReader(row: row, path: path)
            return try CorpusBlock(
                id: row.value("id"), file: row.value("file"), offset: row.number("offset"), size: row.number("size"),
                rawSize: row.number("raw_size", in: 4...1 << 33), checksum: row.value("checksum"),
                firstDocument: Int64(row.number("first_document")), count: row.number("count", in: 1...1 << 31))
        }
    }

    static func statistics(_ database: Database) throws -> CorpusStatistics {
        func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
        return try CorpusStatistics(
            sources: number("SELECT COUNT(*) FROM source"),
            documents: number("SELECT COUNT(*) FROM document WHERE bytes > 0"),
            textBytes: number("SELECT SUM(bytes) FROM document"),
            rawBytes: number("SELECT SUM(raw_bytes) FROM chunk"), rejected: number("SELECT COUNT(*) FROM rejected"),
            blocks: number("SELECT COUNT(*) FROM block"), storedBytes: number("SELECT SUM(size) FROM block"),
            removed: number("SELECT COUNT(*) FROM removed"))
    }

    static func insert(
        _ database: Database, _ chunk: OpenChunk, items: Int, rawBytes: Int, end: SourcePosition?
    ) throws {
        try database.execute(
            sql: "INSERT INTO chunk VALUES (?,?,?,?,?,?,'done',?,?,?)",
            arguments: [
                chunk.id, chunk.source.id, chunk.source.chunks, chunk.source.items, items, rawBytes, end?.bit,
                end?.skip,
                end?.segment,
            ])
        let insertBlock = try database.makeStatement(sql: "INSERT INTO block VALUES (?,?,?,?,?,?,?,?,?)")
        for block in chunk.blocks {
            try insertBlock.execute(
                arguments: [
                    block.id, chunk.id, block.file, block.offset, block.size, block.rawSize, block.checksum,
                    block.firstDocument, block.count,
                ])
        }
        let insertDocument = try database.makeStatement(
            sql: "INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")
        for row in chunk.rows {
            let document = row.document
            try insertDocument.execute(
                arguments: [
                    row.id, chunk.source.id, document.externalID, document.revision, document.title, document.url,
                    document.language, document.licence, row.bytes, row.block, row.indexInBlock, row.digest,
                    document.journal,
                ])
        }
        let insertRejection = try database.makeStatement(
            sql: "INSERT INTO rejected (source, chunk, external_id, title, reason, detail) VALUES (?,?,?,?,?,?)")
        for rejection in chunk.rejections {
            try insertRejection.execute(
                arguments: [
                    chunk.source.id, chunk.id, rejection.externalID, rejection.title, rejection.reason,
                    rejection.detail,
                ])
        }
        let insertLoss = try database.makeStatement(
            sql: """
                INSERT INTO loss VALUES (?,?,?,?)
                ON CONFLICT (kind, name) DO UPDATE SET count = count + excluded.count, bytes = bytes + excluded.bytes
                """)
        for (key, value) in chunk.loss.sorted(by: { ($0.key.kind, $0.key.name) < ($1.key.kind, $1.key.name) }) {
            try insertLoss.execute(arguments: [key.kind, key.name, value.count, value.bytes])
        }
    }
}
