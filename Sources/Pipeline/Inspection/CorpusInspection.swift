internal import Storage
public import Streaming

extension Inspection {
    /// What a corpus holds, what was left out and what cleaning dropped.
    /// - Parameter limit: rows of each list.
    public static func corpus(_ path: String, limit: Int = 20) throws(Failure) -> Inspection {
        let reader = try CorpusReader(path, requireComplete: false)
        let counts = reader.statistics
        var inspection = Inspection()
        inspection.add(
            "corpus",
            [
                ("documents", "\(counts.documents)"), ("rejected", "\(counts.rejected)"),
                ("removed", "\(counts.removed)"),
                ("text_bytes", "\(counts.textBytes)"), ("stored_bytes", "\(counts.storedBytes)"),
                ("blocks", "\(counts.blocks)"), ("digest", try reader.digest()),
            ])
        inspection.add(
            "sources",
            reader.sources.map { ($0.uri, "\($0.kind), \($0.bytes) bytes, \($0.state.rawValue)") })
        inspection.add("rejected", try reader.rejectionCounts().prefix(limit).map { ($0.reason, "\($0.count)") })
        inspection.add(
            "loss",
            try reader.losses(limit: limit).map {
                ("\($0.loss.kind) \($0.loss.name)", "\($0.count.count) times, \($0.count.bytes) bytes")
            })
        return inspection
    }

    /// Hands on the text of a corpus, document by document: one paragraph a line, a blank line after each document.
    ///
    /// A corpus whose ingest has not ended, or that has damage nobody has accepted, is refused.
    public static func text(ofCorpus path: String, _ write: ([UInt8]) throws -> Void) throws {
        let reader = try CorpusReader(path)
        for block in reader.blocks {
            try Cancellation.check()
            for text in try reader.texts(of: block) where !text.isEmpty { try write(text + [10, 10]) }
        }
    }
}
