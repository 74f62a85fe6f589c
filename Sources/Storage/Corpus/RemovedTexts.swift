internal import GRDB
internal import Streaming

/// What was taken out of a corpus, as digests of texts, so that it stays out when a source brings it again.
///
/// Memory: about 60 bytes a removed document.
public struct RemovedTexts: Sendable {
    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
    }

    private var documents: [Key: Int64] = [:]

    /// The removals of a corpus; those of format version 2 have left no digest.
    init(_ database: Database, path: String) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT document, digest FROM removed WHERE digest != ''")
        while let row = try rows.next() {
            let row = RowReader(row: row, path: path)
            let digits: String = try row.value("digest")
            guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
                let low = UInt64(digits.suffix(16), radix: 16)
            else {
                throw Failure(.badData, "a removal has no digest but '\(digits)'", at: path, remedy: "restore the file")
            }
            documents[Key(high: high, low: low)] = try Int64(row.number("document"))
        }
    }

    /// The document that had this text before it was taken out.
    public func document(with text: [UInt8]) -> Int64? {
        guard !documents.isEmpty else { return nil }
        let digest = text.withUnsafeBytes { Checksum.xxh3Pair($0) }
        return documents[Key(high: digest.high, low: digest.low)]
    }
}
