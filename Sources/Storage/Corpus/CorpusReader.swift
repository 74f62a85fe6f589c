internal import GRDB
public import Streaming

/// Reads a finished corpus, block by block, from any thread.
///
/// Every block is checked against its index.
public final class CorpusReader: Sendable {
    /// The corpus's folder.
    public let directory: String
    /// Counts over the whole corpus.
    public let statistics: CorpusStatistics
    /// The sources, in the order they were ingested.
    public let sources: [CorpusSource]
    /// The blocks, in order; their documents are numbered without a gap from 1.
    public let blocks: [CorpusBlock]
    let database: DatabaseQueue

    var indexPath: String { directory + "/" + CorpusSchema.fileName }

    /// Opens the corpus.
    /// - Parameter requireComplete: whether a corpus whose ingest has not ended is refused.
    public init(_ directory: String, requireComplete: Bool = true) throws(Failure) {
        self.directory = directory
        let path = directory + "/" + CorpusSchema.fileName
        (database, sources, blocks, statistics) = try IndexDatabase.translated(path) {
            let database = try CorpusSchema.open(directory, create: false)
            let content = try database.read {
                try (
                    CorpusQueries.sources($0, path: path), CorpusQueries.blocks($0, path: path),
                    CorpusQueries.statistics($0)
                )
            }
            return (database, content.0, content.1, content.2)
        }
        if requireComplete, let damaged = sources.first(where: { $0.state == .damaged }) {
            throw Failure(
                .badData, "parts of \(damaged.uri) could not be read", at: directory,
                remedy: "run 'tessera ingest' again with --keep-going to accept that, or with a sound file")
        }
        if requireComplete, sources.isEmpty || sources.contains(where: { !$0.isComplete }) {
            throw Failure(
                .badData, "its ingest has not ended", at: directory, remedy: "run 'tessera ingest' again; it resumes")
        }
    }

    /// The texts of a block's documents, in order.
    public func texts(of block: CorpusBlock) throws(Failure) -> [[UInt8]] {
        try CorpusBlockFile(directory).texts(of: block)
    }

    /// What is known of the documents numbered `ids` (without their text), in order.
    public func documents(_ ids: ClosedRange<Int64>) throws(Failure) -> [(id: Int64, document: CorpusDocument)] {
        try IndexDatabase.translated(indexPath) {
            try database.read { row in
                try Row.fetchAll(
                    row, sql: "SELECT * FROM document WHERE id BETWEEN ? AND ? ORDER BY id",
                    arguments: [ids.lowerBound, ids.upperBound]
                ).map {
                    (
                        $0["id"],
                        CorpusDocument(
                            externalID: $0["external_id"], revision: $0["revision"], title: $0["title"], url: $0["url"],
                            language: $0["language"], licence: $0["licence"], journal: $0["journal"], text: [])
                    )
                }
            }
        }
    }

    /// The ids of the documents in `block` whose length or digest differs from the index.
    public func mismatches(of block: CorpusBlock, _ texts: [[UInt8]]) throws(Failure) -> [Int64] {
        try IndexDatabase.translated(indexPath) {
            try database.read { database in
                let rows = try Row.fetchAll(
                    database, sql: "SELECT id, bytes, digest FROM document WHERE id BETWEEN ? AND ? ORDER BY id",
                    arguments: [block.firstDocument, block.firstDocument + Int64(block.count) - 1])
                guard rows.count == texts.count else { return [block.firstDocument] }
                return zip(rows, texts).compactMap { row, text in
                    // A document that was taken out is empty and has no digest.
                    if text.isEmpty, row["bytes"] as Int == 0, row["digest"] as String == "" { return nil }
                    let digest = Digest()
                    digest.update(text)
                    let agrees = row["bytes"] as Int == text.count && row["digest"] as String == digest.value
                    return agrees ? nil : row["id"]
                }
            }
        }
    }

    /// Parts of files whose documents were taken out but whose bytes are still there: a removal was interrupted.
    public func unwiped() throws(Failure) -> Int {
        try IndexDatabase.translated(indexPath) {
            try database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM wipe") ?? 0 }
        }
    }

    /// What the seal of the corpus tells: an index that has changed, or a seal that is missing where there should be one.
    ///
    /// Corpora of earlier programs have none, and one whose ingest has not ended has none yet.
    public func sealProblems() throws(Failure) -> [Failure] {
        let seal = CorpusSchema.seal(directory)
        if seal.isSet { return try seal.problems() }
        let isExpected = try IndexDatabase.translated(indexPath) {
            try database.read { try IndexDatabase.meta($0, CorpusSchema.sealKey) != nil }
        }
        let hasEnded = !sources.isEmpty && sources.allSatisfy { $0.state != .open }
        return isExpected && hasEnded ? try seal.problems() : []
    }

    /// How many items were left out, by reason, most frequent first.
    public func rejectionCounts() throws(Failure) -> [(reason: String, count: Int)] {
        try IndexDatabase.translated(indexPath) {
            try database.read {
                try Row.fetchAll(
                    $0, sql: "SELECT reason, COUNT(*) AS n FROM rejected GROUP BY reason ORDER BY n DESC, reason"
                ).map { ($0["reason"], $0["n"]) }
            }
        }
    }

    /// The first items that were left out for `reason`, in the order they came.
    public func rejections(reason: String, limit: Int) throws(Failure) -> [Rejection] {
        try IndexDatabase.translated(indexPath) {
            try database.read {
                try Row.fetchAll(
                    $0, sql: "SELECT * FROM rejected WHERE reason = ? ORDER BY id LIMIT ?", arguments: [reason, limit]
                ).map {
                    Rejection(
                        externalID: $0["external_id"], title: $0["title"], reason: $0["reason"], detail: $0["detail"])
                }
            }
        }
    }

    /// What cleaning dropped, most frequent first.
    public func losses(limit: Int) throws(Failure) -> [(loss: Loss, count: LossCount)] {
        try IndexDatabase.translated(indexPath) {
            try database.read {
                try Row.fetchAll(
                    $0, sql: "SELECT * FROM loss ORDER BY count DESC, kind, name LIMIT ?", arguments: [limit]
                ).map {
                    (Loss(kind: $0["kind"], name: $0["name"]), LossCount(count: $0["count"], bytes: $0["bytes"]))
                }
            }
        }
    }

    /// A value of the `meta` table, such as `configuration` or `tool_version`.
    public func meta(_ key: String) throws(Failure) -> String? {
        try IndexDatabase.translated(indexPath) { try database.read { try IndexDatabase.meta($0, key) } }
    }

    /// A digest of all that the corpus holds: texts, names, rejections and losses; the same however it was built.
    ///
    /// How documents are laid in blocks is not part of it, since that follows the files they came from.
    public func digest() throws(Failure) -> String {
        try IndexDatabase.translated(indexPath) {
            try database.read { row in
                let digest = Digest()
                for sql in [
                    """
                    SELECT id, external_id, revision, title, url, language, licence, bytes, digest
                    FROM document ORDER BY id
                    """,
                    // Apart, so that a corpus of an older version keeps its digest.
                    "SELECT id, journal FROM document WHERE journal != '' ORDER BY id",
                    "SELECT source, external_id, title, reason, detail FROM rejected ORDER BY id",
                    "SELECT kind, name, count, bytes FROM loss ORDER BY kind, name",
                ] {
                    let rows = try Row.fetchCursor(row, sql: sql)
                    while let found = try rows.next() {
                        for value in found.databaseValues { digest.update(value.description) }
                    }
                }
                return digest.value
            }
        }
    }
}
