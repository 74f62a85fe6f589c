internal import GRDB
public import Streaming

/// Where a document of a corpus is from.
public struct DocumentProvenance: Sendable, Equatable {
    /// The source it was read from, and its kind, as in `mediawiki`.
    public var source, kind: String
    /// Its name there: page id, PMID, file name.
    public var externalID: String
    /// Revision, title, address, language, licence and journal, each empty when not known.
    public var revision, title, url, language, licence, journal: String
    /// Whether it was taken out of the corpus since.
    public var isRemoved: Bool
}

/// Which source each document is from, in memory: one entry for each block of the corpus.
public struct DocumentSources: Sendable {
    private let firsts: [Int64]
    private let sources: [Int]

    init(_ rows: [(first: Int64, source: Int)]) {
        firsts = rows.map(\.first)
        sources = rows.map(\.source)
    }

    /// The place of a document's source in `CorpusReader.sources`; nil for an id before the first.
    ///
    /// O(log blocks).
    public func source(of document: Int64) -> Int? {
        var (low, high) = (0, firsts.count)
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] <= document { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? sources[low - 1] : nil
    }
}

extension CorpusReader {
    /// Where a document is from; nil when there is none of that number.
    public func provenance(of document: Int64) throws(Failure) -> DocumentProvenance? {
        try IndexDatabase.translated(indexPath) {
            try database.read { database in
                let sql = """
                    SELECT document.*, source.uri AS source_uri, source.kind AS source_kind
                    FROM document JOIN source ON source.id = document.source WHERE document.id = ?
                    """
                guard let row = try Row.fetchOne(database, sql: sql, arguments: [document]) else { return nil }
                let reader = RowReader(row: row, path: indexPath)
                return try DocumentProvenance(
                    source: reader.value("source_uri"), kind: reader.value("source_kind"),
                    externalID: reader.value("external_id"), revision: reader.value("revision"),
                    title: reader.value("title"), url: reader.value("url"), language: reader.value("language"),
                    licence: reader.value("licence"), journal: reader.value("journal"),
                    isRemoved: reader.number("bytes") == 0 && reader.value("digest") == "")
            }
        }
    }

    /// The source of every document.
    public func documentSources() throws(Failure) -> DocumentSources {
        let places = Dictionary(uniqueKeysWithValues: sources.enumerated().map { ($0.element.id, $0.offset) })
        return try IndexDatabase.translated(indexPath) {
            try database.read { database in
                let sql = """
                    SELECT block.first_document AS first, chunk.source AS source FROM block
                    JOIN chunk ON chunk.id = block.chunk ORDER BY block.first_document
                    """
                return try DocumentSources(
                    Row.fetchAll(database, sql: sql).compactMap { row in
                        let reader = RowReader(row: row, path: indexPath)
                        guard let place = try places[Int64(reader.number("source"))] else { return nil }
                        return try (Int64(reader.number("first")), place)
                    })
            }
        }
    }

    /// The text of a document; nil when there is none of that number.
    ///
    /// Its block is read.
    public func text(of document: Int64) throws(Failure) -> [UInt8]? {
        let found = blocks.first { ($0.firstDocument..<$0.firstDocument + Int64($0.count)).contains(document) }
        guard let found else { return nil }
        return try texts(of: found)[Int(document - found.firstDocument)]
    }
}
