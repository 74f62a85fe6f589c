internal import GRDB
public import Streaming

/// Writes a corpus chunk by chunk.
///
/// A chunk is a run of items of one source and the unit of resume: its documents go
/// to a file of their own, then all of its rows are committed at once. What a kill interrupts leaves no trace.
///
/// Memory: the rows of two chunks and one block of text. Not for two threads at once.
public final class CorpusWriter {
    /// The raw size from which a block is closed.
    public static let blockBytes = 1 << 20

    /// The corpus's folder.
    public let directory: String
    private let lock: DirectoryLock
    private let database: SealedDatabase
    /// Level 1: of level 3 the files are a tenth smaller, and ingest takes half as long again to compress.
    private let compressor = ZstandardCompressor(level: 1)
    private var chunk: OpenChunk?
    /// The commit of the chunk before, while it lasts: whoever reads and cleans need not wait for the disk.
    private var commit: BackgroundTask<Void>?
    /// The id that the next document gets.
    public private(set) var nextDocument: Int64
    /// Texts that were taken out of the corpus; nobody can add to them while it is written.
    public let removedTexts: RemovedTexts
    private var nextBlock: Int64
    private var nextChunk: Int64

    private var indexPath: String { directory + "/" + CorpusSchema.fileName }

    /// Opens the corpus in `directory`, made when it is missing.
    /// - Parameters:
    ///   - configuration: every option that shapes the text; a corpus made with others is not touched.
    ///   - toolVersion: the program's version, for the record.
    public init(_ directory: String, configuration: String, toolVersion: String) throws(Failure) {
        self.directory = directory
        try CorpusWriter.refuseForeignFolder(directory)
        try Files.createDirectory(directory)
        lock = try DirectoryLock(directory)
        try Files.removePartials(in: directory)
        let path = directory + "/" + CorpusSchema.fileName
        (database, nextDocument, nextBlock, nextChunk, removedTexts) = try IndexDatabase.translated(path) {
            // One transaction for a new corpus: each waits for the disk several times.
            let queue = try CorpusSchema.open(directory, create: true) { row in
                try IndexDatabase.setMeta(row, "configuration", configuration)
                try IndexDatabase.setMeta(row, "tool_version", toolVersion)
            }
            let database = SealedDatabase(queue, CorpusSchema.seal(directory))
            try CorpusWriter.agree(database, path: path, configuration: configuration, toolVersion: toolVersion)
            let next = try database.read { row in
                func following(_ table: String) throws -> Int64 {
                    try Int64.fetchOne(row, sql: "SELECT COALESCE(MAX(id), 0) + 1 FROM \(table)") ?? 1
                }
                return try (
                    following("document"), following("block"), following("chunk"), RemovedTexts(row, path: path)
                )
            }
            return (database, next.0, next.1, next.2, next.3)
        }
    }

    // The folder is locked until all that was begun is done.
    deinit { try? settle() }

    private static func refuseForeignFolder(_ directory: String) throws(Failure) {
        guard Files.isDirectory(directory), !Files.exists(directory + "/" + CorpusSchema.fileName) else { return }
        let others = try Files.names(in: directory).filter { !$0.hasPrefix(CorpusSchema.fileName) }
        guard others.isEmpty else {
            throw Failure(
                .cannotCreate, "has files in it but no corpus.sqlite", at: directory,
                remedy: "give a new or an empty folder with --output")
        }
    }

    /// Holds the corpus to its options; one that nothing was committed to takes new ones.
    private static func agree(
        _ database: SealedDatabase, path: String, configuration: String, toolVersion: String
    ) throws {
        let (earlier, isEmpty) = try database.read { row in
            try (
                IndexDatabase.meta(row, "configuration") ?? "",
                Int.fetchOne(row, sql: "SELECT COUNT(*) FROM chunk") == 0
            )
        }
        guard earlier != configuration else { return }
        guard isEmpty else {
            throw Failure(
                .cannotCreate,
                "was made with other options (\(CorpusOptions.difference(earlier, configuration)))", at: path,
                remedy: "give the same options, or another --output")
        }
        try database.write { row in
            try row.execute(
                sql: "DELETE FROM source; DELETE FROM meta WHERE key NOT IN ('kind', 'format_version', 'seal')")
            try IndexDatabase.setMeta(row, "configuration", configuration)
            try IndexDatabase.setMeta(row, "tool_version", toolVersion)
        }
    }

    /// Holds a corpus to what shapes it beside its configuration: `value` is stored under `key` the first time, and
    /// another one is refused afterwards.
    /// - Parameter what: names the value in the failure, as in `the file x`.
    public func agree(_ key: String, _ value: String, on what: String) throws(Failure) {
        try settle()
        try IndexDatabase.translated(indexPath) {
            try database.write { row in
                guard let earlier = try IndexDatabase.meta(row, key) else {
                    return try IndexDatabase.setMeta(row, key, value)
                }
                guard earlier == value else {
                    throw Failure(
                        .cannotCreate, "was made with another state of \(what)", at: directory,
                        remedy: "restore it, or give another --output")
                }
            }
        }
    }

    /// The sources' rows, made at once where they are new; a new one has no digest before its first chunk.
    public func enter(_ sources: [NewSource]) throws(Failure) -> [CorpusSource] {
        try settle()
        return try IndexDatabase.translated(indexPath) {
            try database.write { row in
                try sources.map { source in
                    try CorpusQueries.enter(row, source, digest: "")
                    return try CorpusQueries.source(row, uri: source.uri)
                }
            }
        }
    }

    /// Fails when a source has another digest than the one it was ingested with: the file has changed.
    public func check(_ source: CorpusSource, digest: String) throws(Failure) {
        guard source.digest.isEmpty || source.digest == digest else {
            throw Failure(
                .badData, "has changed since it was ingested into \(directory)", at: source.uri,
                remedy: "give another --output, or restore the file")
        }
    }

    /// The source's row, made when it is new.
    ///
    /// The same uri with another digest is a failure: the file has changed.
    public func source(uri: String, kind: String, bytes: Int, digest: String, licence: String) throws(Failure)
        -> CorpusSource
    {
        try settle()
        let source = try IndexDatabase.translated(indexPath) {
            try database.write { row in
                try CorpusQueries.enter(
                    row, NewSource(uri: uri, kind: kind, bytes: bytes, licence: licence), digest: digest)
                return try CorpusQueries.source(row, uri: uri)
            }
        }
        try check(source, digest: digest)
        return source
    }

    /// Takes a source back of which nothing was committed.
    public func forget(_ source: CorpusSource) throws(Failure) {
        chunk?.file?.discard()
        chunk = nil
        try settle()
        try IndexDatabase.translated(indexPath) {
            try database.write { row in
                try row.execute(
                    sql: "DELETE FROM source WHERE id = ? AND NOT EXISTS (SELECT 1 FROM chunk WHERE source = ?)",
                    arguments: [source.id, source.id])
            }
        }
    }

    /// Takes a source whose damage was told as complete all the same.
    public func accept(_ source: CorpusSource) throws(Failure) -> CorpusSource {
        try settle()
        return try IndexDatabase.translated(indexPath) {
            try database.write { row in
                try row.execute(
                    sql: "UPDATE source SET state = 'complete' WHERE id = ? AND state = 'damaged'",
                    arguments: [source.id])
                return try CorpusQueries.source(row, id: source.id)
            }
        }
    }

    /// How many items of `source` were left out for `reason`, and the particulars of the first.
    public func rejections(of source: CorpusSource, reason: String) throws(Failure) -> (count: Int, first: String) {
        try settle()
        return try IndexDatabase.translated(indexPath) {
            try database.read { row in
                let condition = "FROM rejected WHERE source = ? AND reason = ?"
                let arguments: StatementArguments = [source.id, reason]
                return try (
                    Int.fetchOne(row, sql: "SELECT COUNT(*) \(condition)", arguments: arguments) ?? 0,
                    String.fetchOne(row, sql: "SELECT detail \(condition) ORDER BY id LIMIT 1", arguments: arguments)
                        ?? ""
                )
            }
        }
    }

    /// Starts the next chunk of `source`; appended documents belong to it until `commitChunk`.
    public func beginChunk(of source: CorpusSource) throws(Failure) {
        precondition(chunk == nil, "a chunk is open already")
        chunk = OpenChunk(id: nextChunk, source: source)
    }

    /// Adds a document to the open chunk and gives it its id.
    @discardableResult
    public func append(_ document: CorpusDocument) throws(Failure) -> Int64 {
        precondition(chunk != nil, "no chunk is open")
        let id = nextDocument
        nextDocument += 1
        chunk!.add(document, id: id, block: nextBlock)
        if chunk!.blockBytes >= CorpusWriter.blockBytes { try closeBlock() }
        return id
    }

    /// Records an item that was left out.
    public func reject(_ rejection: Rejection) { chunk!.rejections.append(rejection) }

    /// Adds counts of dropped text.
    public func add(loss: [Loss: LossCount]) { chunk!.loss.merge(loss) { $0 += $1 } }

    /// Makes the open chunk durable; `sealChunk`, and the wait for it.
    public func commitChunk(
        items: Int, rawBytes: Int, end: SourcePosition? = nil, isLast: Bool,
        isDamaged: Bool = false, digest: String? = nil
    ) throws(Failure) -> CorpusSource {
        let source = try sealChunk(
            items: items, rawBytes: rawBytes, end: end, isLast: isLast, isDamaged: isDamaged, digest: digest)
        try settle()
        return source
    }

    /// Closes the open chunk and begins to make it durable; the one before is durable when this returns.
    /// - Parameters:
    ///   - items: items of the source it covered.
    ///   - rawBytes: how much of the source they were.
    ///   - end: where the chunk ends in the source, when reading can begin there.
    ///   - isLast: whether the source ends here.
    ///   - isDamaged: whether parts of the source could not be read and nobody has accepted that.
    ///   - digest: that of the source's stored bytes, for its first chunk.
    /// - Returns: the source as it stands then.
    public func sealChunk(
        items: Int, rawBytes: Int, end: SourcePosition? = nil, isLast: Bool,
        isDamaged: Bool = false, digest: String? = nil
    ) throws(Failure) -> CorpusSource {
        try closeBlock()
        let done = SealedChunk(chunk.take()!)
        try settle()
        nextChunk += 1
        var source = done.chunk.source
        source.state = !isLast ? .open : isDamaged ? .damaged : .complete
        source.chunks += 1
        source.items += items
        source.position = end
        if let digest { source.digest = digest }
        let (database, path, state) = (database, indexPath, source.state)
        commit = BackgroundTask {
            try done.chunk.file?.commit()
            try IndexDatabase.translated(path) {
                try database.write { row in
                    try CorpusQueries.insert(row, done.chunk, items: items, rawBytes: rawBytes, end: end)
                    try row.execute(
                        sql: "UPDATE source SET state = ?, digest = COALESCE(?, digest) WHERE id = ?",
                        arguments: [state.rawValue, digest, done.chunk.source.id])
                }
            }
        }
        return source
    }

    /// Ends the writing: the index will not change until somebody writes again, and its digest is noted beside it.
    public func finish() throws(Failure) {
        try settle()
        try IndexDatabase.translated(indexPath) { try database.seal.set() }
    }

    /// Waits until all sealed chunks are durable; throws what kept one from it.
    public func settle() throws(Failure) {
        if let commit = commit.take() { try commit.wait() }
    }

    private func closeBlock() throws(Failure) {
        guard chunk!.blockTexts.isEmpty == false else { return }
        let raw = CorpusBlockCoding.encode(chunk!.blockTexts)
        let frame = compressor.compress(raw)
        let name = "documents-" + OpenChunk.number(chunk!.id) + ".zst"
        if chunk!.file == nil { chunk!.file = try AtomicFile(directory + "/" + name) }
        let file = chunk!.file!
        let block = CorpusBlock(
            id: nextBlock, file: name, offset: file.offset, size: frame.count, rawSize: raw.count,
            checksum: Checksum.xxh3(frame), firstDocument: nextDocument - Int64(chunk!.blockTexts.count),
            count: chunk!.blockTexts.count)
        try file.write(frame)
        chunk!.close(block)
        nextBlock += 1
    }
}

/// A chunk that nobody changes any more, on its way to the thread that commits it.
private struct SealedChunk: @unchecked Sendable {
    let chunk: OpenChunk

    init(_ chunk: OpenChunk) { self.chunk = chunk }
}

extension Dictionary {
    fileprivate mutating func merge(_ other: [Key: Value], _ add: (inout Value, Value) -> Void) {
        for (key, value) in other {
            if self[key] == nil { self[key] = value } else { add(&self[key]!, value) }
        }
    }
}
