internal import GRDB
internal import Storage
public import Streaming
internal import Tokenize

/// Turns a corpus into shards; the same call resumes after a kill and does nothing when all is done.
///
/// Two passes: documents are tokenised and scattered into partitions by hash(seed, document id), then every partition
/// is built by itself. Memory: in the first pass `commitBytes` of token ids (64 MiB) and four corpus blocks for each
/// job; in the second, for each job, about 1.5 times the bytes of a partition (its token ids, 12 bytes for each
/// sentence, 80 for each instance).
public struct ShardRun: Sendable {
    /// Points at which a test can stop a run, as a kill would.
    enum Stage: Sendable, Equatable {
        case spoolsWritten(blocks: Int), scatterCommitted(blocks: Int), partitionWritten(Int), partitionCommitted(Int)
        case spoolsRemoved
    }
    typealias Hook = @Sendable (Stage) throws -> Void

    private let corpus: String
    private let vocabulary: String
    private let output: String
    private let configuration: ShardConfiguration
    private let jobs: Int
    private let progress: ProgressMeter.Style
    private let toolVersion: String
    var hook: Hook?
    var commitBytes = 64 << 20

    private var indexPath: String { ShardSchema.path(output) }

    /// - Parameters:
    ///   - corpus: a finished corpus.
    ///   - vocabulary: `vocab.txt`, or a folder holding it.
    ///   - output: the folder of the shards, made when it is missing.
    ///   - configuration: everything that shapes them.
    ///   - jobs: threads; the result does not depend on it.
    ///   - progress: where progress is told.
    ///   - toolVersion: the program's version, for the record.
    public init(
        corpus: String, vocabulary: String, output: String, configuration: ShardConfiguration, jobs: Int,
        progress: ProgressMeter.Style, toolVersion: String = "unknown"
    ) {
        self.corpus = corpus
        self.vocabulary = vocabulary
        self.output = output
        self.configuration = configuration
        self.jobs = max(1, jobs)
        self.progress = progress
        self.toolVersion = toolVersion
    }

    /// Runs what is left to do.
    /// - Throws: a `Failure`; `cannotCreate` when the folder holds something else or was made otherwise.
    public func run() throws(Failure) -> ShardSummary {
        let began = ContinuousClock.now
        try configuration.validate()
        let tokenizer = try WordPieceTokenizer.load(vocabulary, cased: configuration.cased)
        let reader = try CorpusReader(corpus)
        try ShardRun.refuseForeignFolder(output)
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        defer { withExtendedLifetime(lock) {} }
        try Files.removePartials(in: output)
        let identity = try ShardIdentity(configuration, corpus: reader, tokenizer: tokenizer)
        let information = try IndexDatabase.translated(indexPath) {
            let database = try ShardSchema.open(output, create: true)
            try database.write { try identity.agree($0, path: indexPath, toolVersion: toolVersion) }
            return try run(reader, tokenizer, database)
        }
        return summary(information, seconds: Double(attoseconds: (ContinuousClock.now - began).components))
    }

    private func run(
        _ reader: CorpusReader, _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue
    ) throws -> ShardInformation {
        var state = try database.read { try ShardIndex.meta($0, ShardMeta.state, path: indexPath) }
        if state == "scatter" {
            try tokenizer.save(to: output)
            try scatter(reader, tokenizer, database)
            state = "build"
        }
        if state == "build" {
            try build(tokenizer, database)
            try finish(database)
        }
        return try database.read { try ShardInformation.read($0, path: indexPath) }
    }

    private func scatterState(_ database: DatabaseQueue) throws -> ScatterState {
        try database.read {
            try ShardCoding.value(
                ShardIndex.meta($0, ShardMeta.scatter, path: indexPath), as: ScatterState.self, key: ShardMeta.scatter,
                path: indexPath)
        }
    }

    private func partitions(_ database: DatabaseQueue) throws -> [PartitionRow] {
        try database.read { try ShardIndex.partitions($0, path: indexPath) }
    }

    private func scatter(_ reader: CorpusReader, _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue) throws {
        let pass = ScatterPass(
            directory: output, corpus: reader,
            encoder: DocumentEncoder(tokenizer: tokenizer, language: configuration.language),
            configuration: configuration, database: database, jobs: jobs, commitBytes: commitBytes, style: progress,
            hook: hook)
        _ = try pass.run(from: scatterState(database), lengths: partitions(database).map(\.spoolBytes))
    }

    private func build(_ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue) throws {
        let state = try scatterState(database)
        guard state.documents > 0 else {
            throw Failure(
                .badData, "holds no text in which the tokenizer finds a token", at: corpus,
                remedy: "look at it with 'tessera inspect --text', and at the vocabulary")
        }
        let builder = PartitionBuilder(
            directory: output, configuration: configuration, validation: state.validation,
            policy: MaskingPolicy(configuration, vocabulary: tokenizer.vocabulary),
            vocabularySize: tokenizer.vocabulary.count, hook: hook)
        let pass = BuildPass(builder: builder, database: database, jobs: jobs, style: progress, hook: hook)
        try pass.run(partitions(database))
    }

    /// All partitions are committed: nothing needs the spools any more.
    private func finish(_ database: DatabaseQueue) throws {
        let rows = try partitions(database)
        guard rows.contains(where: { $0.trainInstances > 0 }) else {
            throw Failure(
                .badData, "is too small: it gives no instance to train on", at: corpus, remedy: "add documents to it")
        }
        try SpoolFiles.remove(in: output)
        try hook?(.spoolsRemoved)
        try database.write { row in
            try IndexDatabase.setMeta(row, ShardMeta.digest, ShardDigest.whole(rows.map(\.digest)))
            try IndexDatabase.setMeta(row, ShardMeta.state, "complete")
        }
    }

    private func summary(_ information: ShardInformation, seconds: Double) -> ShardSummary {
        ShardSummary(
            instances: information.trainInstances + information.validationInstances,
            trainInstances: information.trainInstances, validationInstances: information.validationInstances,
            tokens: information.tokens, documents: information.documents, sentences: information.sentences,
            partitions: information.partitions, bytes: information.bytes, seconds: seconds, digest: information.digest,
            version: toolVersion, output: output)
    }

    private static func refuseForeignFolder(_ directory: String) throws(Failure) {
        guard Files.isDirectory(directory), !Files.exists(ShardSchema.path(directory)) else { return }
        let others = try Files.names(in: directory).filter { !$0.hasPrefix(ShardSchema.fileName) }
        guard others.isEmpty else {
            throw Failure(
                .cannotCreate, "has files in it but no \(ShardSchema.fileName)", at: directory,
                remedy: "give a new or an empty folder with --output")
        }
    }
}

extension Double {
    fileprivate init(attoseconds duration: (seconds: Int64, attoseconds: Int64)) {
        self = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
}
