internal import Storage
internal import Streaming

/// A part of a source to read and clean: all that is left of it, or one segment of a dump.
struct SourceTask: Sendable {
    enum Part: Sendable, Equatable {
        /// From where earlier runs stopped.
        case rest(SourceProgress)
        /// From where earlier runs stopped to the end of that segment.
        case restOfSegment(SourceProgress)
        /// One segment, from its beginning.
        case segment(Int)
    }

    let entry: SourceEntry
    let part: Part
    let configuration: IngestConfiguration
    let rules: SelectionRules

    /// Reads and cleans on the threads of `crew` and hands on the batches in order, on the calling thread.
    /// - Parameters:
    ///   - passed: told of stored bytes that earlier runs have committed and that are read again.
    ///   - deliver: takes a batch, and with the first one where it begins in the source, as far as known.
    func run(
        _ crew: ThreadCrew, passed: (Int) -> Void = { _ in }, deliver: (CleanedBatch, SourcePosition?) throws -> Void
    ) throws {
        let reader = try openReader(crew)
        if case .rest(let progress) = part, reader.position == nil { try skip(progress.items, reader, passed) }
        var batcher = ItemBatcher(SalvagedItems(reader), chunkBytes: configuration.chunkBytes)
        var isFirst = true
        let cleaners = ItemCleanerPool(configuration, rules)
        try orderedParallelMap(
            on: crew,
            source: { try batcher.next() },
            transform: { cleaners.clean($0) },
            consume: {
                try deliver($0, isFirst ? reader.position : nil)
                isFirst = false
            })
    }

    private func openReader(_ crew: ThreadCrew) throws(Failure) -> any ItemReader {
        let path = entry.files[0].path
        switch entry.kind {
        case .mediawiki: return try DumpFile(path, configuration).open(part, crew)
        case .jsonl:
            return JSONLinesReader(try Compression.open(path, crew: crew), maxBytes: configuration.maxPageBytes)
        case .text:
            return TextReader(entry.files, unit: configuration.textDocuments, maxBytes: configuration.maxPageBytes)
        case .csv, .tsv:
            return try TableReader(try Compression.open(path, crew: crew), kind: entry.kind, configuration)
        case .pubmed:
            return XMLRecordReader(entry.files, .citation, maxBytes: configuration.maxPageBytes, crew: crew)
        case .jats:
            return XMLRecordReader(entry.files, .article, maxBytes: configuration.maxPageBytes, crew: crew)
        case .unknown: return UnknownFilesReader(entry.files)
        }
    }

    /// Passes over what earlier runs committed.
    private func skip(_ items: Int, _ reader: any ItemReader, _ passed: (Int) -> Void) throws(Failure) {
        for _ in 0..<items {
            guard try reader.next() != nil else {
                throw Failure(
                    .badData, "has fewer items than were ingested from it", at: entry.uri,
                    remedy: "give another --output, or restore the file")
            }
            passed(reader.consumed)
        }
    }
}

/// How far earlier runs have come with a source.
struct SourceProgress: Sendable, Equatable, Codable {
    var isOpen = true
    var items = 0
    /// Where to go on, when reading can begin there.
    var position: SourcePosition?
}
