internal import Storage
internal import Streaming

/// One source on its way into the corpus.
final class SourceIngest {
    private let entry: SourceEntry
    private var source: CorpusSource
    private let writer: CorpusWriter
    private let configuration: IngestConfiguration
    private let rules: SelectionRules
    private let selection: DocumentSelection
    private let crew: ThreadCrew
    private let keepGoing: Bool
    private let meter: IngestMeter
    private let onCommit: ((String, Int) throws -> Void)?
    /// The chunk that is open: items and raw bytes so far, and whether any item was well-formed.
    private var chunkItems = 0
    private var chunkRawBytes = 0
    private var chunkHasContent = false
    private var isChunkOpen = false
    /// Items lost to damage, and the first of them.
    private var damage: (count: Int, first: String) = (0, "")

    /// Enters the source in the corpus, or finds it there.
    init(
        _ entry: SourceEntry, _ writer: CorpusWriter, _ configuration: IngestConfiguration, _ rules: SelectionRules,
        _ selection: DocumentSelection, crew: ThreadCrew, keepGoing: Bool, meter: IngestMeter,
        onCommit: ((String, Int) throws -> Void)?
    ) throws(Failure) {
        self.entry = entry
        self.writer = writer
        self.configuration = configuration
        self.rules = rules
        self.selection = selection
        self.crew = crew
        self.keepGoing = keepGoing
        self.meter = meter
        self.onCommit = onCommit
        let fingerprint = try SourceFingerprint(entry)
        source = try writer.source(
            uri: entry.uri, kind: entry.kind.rawValue, bytes: fingerprint.bytes, digest: fingerprint.digest, licence: ""
        )
        try refuseSecondStandardInput()
        damage = try writer.rejections(of: source, reason: RawItem.damaged)
    }

    /// Ingests what is not yet in the corpus.
    /// - Returns: what tells of the damage in it, when there is any that nobody has accepted.
    func run() throws -> Failure? {
        defer { meter.endSource(source.bytes) }
        if source.state == .open { try ingestOpen() }
        if source.state == .damaged, keepGoing { source = try writer.accept(source) }
        guard source.state == .damaged else { return nil }
        return Failure(
            .badData, "\(damage.count) \(damage.count == 1 ? "part" : "parts") could not be read (\(damage.first))",
            at: entry.uri,
            remedy: "ingest a sound copy into a new folder, or run again with --keep-going to accept the loss")
    }

    private func ingestOpen() throws {
        do {
            try ingest()
        } catch let failure as Failure where failure.code != .interrupted && source.chunks == 0 {
            // A source that gave nothing, a damaged file for example, must not keep the corpus open for ever.
            try writer.forget(source)
            throw failure
        }
    }

    private func refuseSecondStandardInput() throws(Failure) {
        guard entry.isStandardInput, source.chunks > 0 || source.state != .open else { return }
        throw Failure(
            .cannotCreate, "standard input of an earlier run is in the corpus; it cannot be resumed or compared",
            remedy: "give another --output")
    }

    private func ingest() throws {
        let reader = try openReader()
        if reader.position == nil { try skip(source.items, reader) }
        var batcher = ItemBatcher(SalvagedItems(reader), chunkBytes: configuration.chunkBytes)
        let (configuration, rules) = (configuration, rules)
        try orderedParallelMap(
            on: crew,
            source: { try batcher.next() },
            transform: { ItemCleaner.clean($0, configuration, rules) },
            consume: { try consume($0) })
    }

    private func openReader() throws(Failure) -> any ItemReader {
        let path = entry.files[0].path
        switch entry.kind {
        case .mediawiki: return try DumpFile(path, configuration).open(at: source.position, crew)
        case .jsonl:
            return JSONLinesReader(try Compression.open(path, crew: crew), maxBytes: configuration.maxPageBytes)
        case .text:
            return TextReader(entry.files, unit: configuration.textDocuments, maxBytes: configuration.maxPageBytes)
        case .unknown: return UnknownFilesReader(entry.files)
        }
    }

    /// Passes over what earlier runs committed.
    private func skip(_ items: Int, _ reader: any ItemReader) throws(Failure) {
        for _ in 0..<items {
            guard try reader.next() != nil else {
                throw Failure(
                    .badData, "has fewer items than were ingested from it", at: entry.uri,
                    remedy: "give another --output, or restore the file")
            }
            meter.update(reader.consumed)
        }
    }

    private func consume(_ batch: CleanedBatch) throws {
        if !isChunkOpen {
            try writer.beginChunk(of: source)
            isChunkOpen = true
        }
        for outcome in batch.outcomes {
            if !outcome.isMalformed { chunkHasContent = true }
            try write(outcome)
        }
        writer.add(loss: batch.loss)
        chunkItems += batch.outcomes.count
        chunkRawBytes += batch.rawBytes
        meter.update(batch.consumed)
        if batch.endsChunk { try commit(batch) }
    }

    private func write(_ outcome: ItemOutcome) throws(Failure) {
        switch outcome {
        case .rejected(let rejection):
            if rejection.reason == RawItem.damaged {
                if damage.count == 0 { damage.first = rejection.detail }
                damage.count += 1
            }
            writer.reject(rejection)
        case .document(let document, let fingerprint):
            switch try selection.admit(document, fingerprint, id: writer.nextDocument) {
            case .admitted(let document): try writer.append(document)
            case .rejected(let rejection): writer.reject(rejection)
            }
        }
    }

    private func commit(_ batch: CleanedBatch) throws {
        if entry.kind == .jsonl, source.chunks == 0, !chunkHasContent {
            throw Failure(
                .badData,
                "has no line that is a JSON object with a string in the field '\(configuration.jsonFields.text)'",
                at: entry.uri, remedy: "name the right fields, or give another --format")
        }
        writer.add(loss: selection.takeLoss())
        source = try writer.commitChunk(
            items: chunkItems, rawBytes: chunkRawBytes, end: batch.end, isLast: batch.endsSource,
            isDamaged: damage.count > 0 && !keepGoing)
        (chunkItems, chunkRawBytes, chunkHasContent, isChunkOpen) = (0, 0, false, false)
        try onCommit?(entry.uri, source.chunks)
    }
}
