internal import Storage
internal import Streaming

/// One source on its way into the corpus: takes its cleaned batches in order and commits them chunk by chunk.
final class SourceIngest {
    private let entry: SourceEntry
    private var source: CorpusSource
    private let writer: CorpusWriter
    private let configuration: IngestConfiguration
    private let selection: DocumentSelection
    private let keepGoing: Bool
    private let meter: IngestMeter
    private let onCommit: ((String, Int) throws -> Void)?
    /// The chunk that is open: items and raw bytes so far, and whether any item was well-formed.
    private var chunkItems = 0
    private var chunkRawBytes = 0
    private var chunkHasContent = false
    private var isChunkOpen = false
    /// Whether the chunk is to be committed with what comes next: the end of the source still belongs to it.
    private var isCommitDue = false
    /// Whether it has failed within a chunk.
    private var isHalfRead = false
    /// Where the last item ended.
    private var end: SourcePosition?
    /// Items lost to damage, and the first of them.
    private var damage: (count: Int, first: String) = (0, "")
    /// What was wrong with the first record that could not be taken.
    private var firstMalformed: String?

    /// The digest of a source that is new, in the making while its first chunk is read.
    private var digest: BackgroundTask<String>?

    /// - Parameter source: its row; what was ingested of it must still be what is there.
    init(
        _ entry: SourceEntry, _ source: CorpusSource, _ writer: CorpusWriter, _ configuration: IngestConfiguration,
        _ selection: DocumentSelection, keepGoing: Bool, meter: IngestMeter,
        onCommit: ((String, Int) throws -> Void)?
    ) throws(Failure) {
        self.entry = entry
        self.writer = writer
        self.configuration = configuration
        self.selection = selection
        self.keepGoing = keepGoing
        self.meter = meter
        self.onCommit = onCommit
        self.source = source
        if source.chunks > 0 { try writer.check(source, digest: SourceFingerprint.digest(entry)) }
        try refuseSecondStandardInput()
        damage = try writer.rejections(of: source, reason: RawItem.damaged)
        end = source.position
    }

    /// How far it has come.
    var progress: SourceProgress {
        SourceProgress(isOpen: source.state == .open, items: source.items, position: source.position)
    }

    /// Runs `read`, which hands the batches that are missing to `take`, when there are any.
    /// - Returns: what tells of the damage in the source, when there is any that nobody has accepted.
    func complete(_ read: () throws -> Void) throws -> Failure? {
        defer { meter.endSource(source.bytes) }
        if source.state == .open {
            try forgettingNothing(read)
            try writer.settle()
        }
        if source.state == .damaged, keepGoing { source = try writer.accept(source) }
        guard source.state == .damaged else { return nil }
        return Failure(
            .badData, "\(damage.count) \(damage.count == 1 ? "part" : "parts") could not be read (\(damage.first))",
            at: entry.uri,
            remedy: "ingest a sound copy into a new folder, or run again with --keep-going to accept the loss")
    }

    private func forgettingNothing(_ read: () throws -> Void) throws {
        let entry = entry
        if source.chunks == 0 { digest = BackgroundTask { try SourceFingerprint.digest(entry) } }
        do {
            try read()
        } catch let failure as Failure {
            if isCommitDue { try commit(isLast: false) }
            isHalfRead = isChunkOpen && chunkHasContent
            // A source that gave nothing, a damaged file for example, must not keep the corpus open for ever.
            if failure.code != .interrupted, source.chunks == 0 { try writer.forget(source) }
            throw failure
        }
    }

    /// Whether the run can go on with other sources after this one has failed: no document of it was compared with
    /// others and then not committed.
    func canBeLeft(after failure: Failure) -> Bool { failure.code == .badData && !isHalfRead }

    /// Ends a source that cannot be read on, with a row that says why.
    func accept(_ failure: Failure) throws(Failure) {
        if source.chunks == 0 {
            source = try writer.enter([
                NewSource(uri: entry.uri, kind: entry.kind.rawValue, bytes: (try? entry.bytes()) ?? 0)
            ])[0]
        }
        try writer.beginChunk(of: source)
        writer.reject(
            Rejection(externalID: entry.uri, reason: RawItem.damaged, detail: failure.description))
        // What cannot be opened has neither size nor digest; its row says so.
        let digest = try? SourceFingerprint.digest(entry)
        source = try writer.commitChunk(items: 1, rawBytes: 0, isLast: true, digest: digest)
    }

    private func refuseSecondStandardInput() throws(Failure) {
        guard entry.isStandardInput, source.chunks > 0 || source.state != .open else { return }
        throw Failure(
            .cannotCreate, "standard input of an earlier run is in the corpus; it cannot be resumed or compared",
            remedy: "give another --output")
    }

    /// Stored bytes that earlier runs have committed and that are read again.
    func pass(_ consumed: Int) { meter.update(consumed) }

    /// Writes the next batch.
    /// - Parameter begin: where it begins in the source, when it was read apart from the batch before it.
    func take(_ batch: CleanedBatch, from begin: SourcePosition?) throws {
        try check(begin)
        // A segment that ends with a chunk has nothing more to tell.
        guard isChunkOpen || batch.endsSource || !batch.outcomes.isEmpty else { return }
        if isCommitDue {
            if batch.outcomes.isEmpty, !batch.endsSource { return }
            if !batch.outcomes.isEmpty { try commit(isLast: false) }
        }
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
        if batch.end != nil { end = batch.end }
        if batch.endsSource { try commit(isLast: true) } else { isCommitDue = batch.endsChunk }
    }

    /// Whoever reads segments on their own must find their borders where reading on does.
    private func check(_ begin: SourcePosition?) throws(Failure) {
        guard let begin, let end, begin != end, damage.count == 0 else { return }
        throw Failure(
            .badData, "cannot be cut for several processes: a page seems to end inside another", at: entry.uri,
            remedy: "ingest it with one process")
    }

    private func write(_ outcome: ItemOutcome) throws(Failure) {
        switch outcome {
        case .rejected(let rejection):
            if rejection.reason == RawItem.damaged {
                if damage.count == 0 { damage.first = rejection.detail }
                damage.count += 1
            }
            if firstMalformed == nil, rejection.reason == "malformed" { firstMalformed = rejection.detail }
            writer.reject(rejection)
        case .document(let document, let fingerprint):
            switch try selection.admit(document, fingerprint, id: writer.nextDocument) {
            case .admitted(let document): try writer.append(document)
            case .rejected(let rejection): writer.reject(rejection)
            }
        }
    }

    private func commit(isLast: Bool) throws(Failure) {
        if entry.kind == .jsonl, source.chunks == 0, !chunkHasContent {
            throw Failure(
                .badData,
                "has no line that is a JSON object with a string in the field '\(configuration.fields.text)'"
                    + (firstMalformed.map { " (\($0))" } ?? ""),
                at: entry.uri, remedy: "name the right fields, or give another --format")
        }
        writer.add(loss: selection.takeLoss())
        source = try writer.sealChunk(
            items: chunkItems, rawBytes: chunkRawBytes, end: end, isLast: isLast,
            isDamaged: damage.count > 0 && !keepGoing, digest: digest.take()?.wait())
        (chunkItems, chunkRawBytes, chunkHasContent, isChunkOpen) = (0, 0, false, false)
        isCommitDue = false
        do { try onCommit?(entry.uri, source.chunks) } catch { throw error as? Failure ?? Failure(.bug, "\(error)") }
    }
}
