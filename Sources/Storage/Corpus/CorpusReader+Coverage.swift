internal import GRDB
public import Streaming

extension CorpusReader {
    /// The number of the last document, 0 when there is none.
    public var lastDocument: Int64 { blocks.last.map { $0.firstDocument + Int64($0.count) - 1 } ?? 0 }

    /// Digests of a part of the corpus, so that whoever has used it can tell whether it is still the same.
    /// - Returns: `texts` over ids, lengths and digests of texts, which a removal changes; `names` over ids and names,
    ///   which it leaves alone.
    public func digests(of ids: ClosedRange<Int64>) throws(Failure) -> (texts: String, names: String) {
        try IndexDatabase.translated(indexPath) {
            try database.read { row in
                let (texts, names) = (Digest(), Digest())
                let rows = try Row.fetchCursor(
                    row,
                    sql: """
                        SELECT id, bytes, digest, external_id, revision FROM document
                        WHERE id BETWEEN ? AND ? ORDER BY id
                        """, arguments: [ids.lowerBound, ids.upperBound])
                while let found = try rows.next() {
                    let columns = Array(found.databaseValues)
                    for value in columns[0..<3] { texts.update(value.description) }
                    for value in [columns[0], columns[3], columns[4]] { names.update(value.description) }
                }
                return (texts.value, names.value)
            }
        }
    }

    /// Ids of documents that were taken out of the corpus.
    public func removedDocuments() throws(Failure) -> [Int64] {
        try IndexDatabase.translated(indexPath) {
            try database.read { try Int64.fetchAll($0, sql: "SELECT document FROM removed ORDER BY document") }
        }
    }

    /// Ids of the documents with this name in their source.
    public func documents(named name: String) throws(Failure) -> [Int64] {
        try IndexDatabase.translated(indexPath) {
            try database.read {
                try Int64.fetchAll(
                    $0, sql: "SELECT id FROM document WHERE external_id = ? ORDER BY id", arguments: [name])
            }
        }
    }
}
