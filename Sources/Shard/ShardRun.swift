internal import GRDB
internal import Storage
public import Streaming
internal import Tokenize

/// Turns corpora into shards; the same call resumes after a kill, adds what is new in the corpora, and does nothing
/// when all is done.
///
/// Two passes: documents are tokenised and scattered into partitions by hash(seed, document), then every partition is
/// built by itself. Documents that come later get partitions of their own, and those that are there stay as they are.
/// Memory: docs/sharding.md, "Memory".
public struct ShardRun: Sendable {
    /// Points at which a test can stop a run, as a kill would.
    enum Stage: Sendable, Equatable {
        case spoolWritten(Int), unitCommitted(Int), partitionWritten(Int), partitionCommitted(Int), spoolsRemoved
    }
    typealias Hook = @Sendable (Stage) throws -> Void

    let corpora: [String]
    private let vocabulary: String
    let output: String
    let configuration: ShardConfiguration
    let jobs: Int
    let progress: ProgressMeter.Style
    let toolVersion: String
    var hook: Hook?
    /// Bytes of text between two commits of the first pass.
    var commitBytes = 64 << 20
    /// Bytes of text in a unit of the first pass; the result does not depend on it.
    var unitBytes = ScatterUnit.bytes
    /// Bytes that can be written; nil asks the file system.
    var freeBytes: Int?

    var indexPath: String { ShardSchema.path(output) }

    /// - Parameters:
    ///   - corpora: finished corpora; `configuration.weights` goes with them.
    ///   - vocabulary: `vocab.txt`, or a folder holding it.
    ///   - output: the folder of the shards, made when it is missing.
    ///   - configuration: everything that shapes them.
    ///   - jobs: threads; the result does not depend on it.
    ///   - progress: where progress is told.
    ///   - toolVersion: the program's version, for the record.
    public init(
        corpora: [String], vocabulary: String, output: String, configuration: ShardConfiguration, jobs: Int,
        progress: ProgressMeter.Style, toolVersion: String = "unknown"
    ) {
        self.corpora = corpora
        self.vocabulary = vocabulary
        self.output = output
        self.configuration = configuration
        self.jobs = max(1, jobs)
        self.progress = progress
        self.toolVersion = toolVersion
    }

    /// The same of one corpus.
    public init(
        corpus: String, vocabulary: String, output: String, configuration: ShardConfiguration, jobs: Int,
        progress: ProgressMeter.Style, toolVersion: String = "unknown"
    ) {
        self.init(
            corpora: [corpus], vocabulary: vocabulary, output: output, configuration: configuration, jobs: jobs,
            progress: progress, toolVersion: toolVersion)
    }

    /// Runs what is left to do, alone or as one of the ranks that a launcher has started.
    /// - Throws: a `Failure`; `cannotCreate` when the folder holds something else, was made otherwise, or when the
    ///   disk cannot hold what is to be made.
    public func run() throws(Failure) -> ShardSummary {
        try configuration.validate()
        guard MessagePassing.isLaunched else { return try run(nil) }
        let ranks = try MessagePassing()
        do {
            let summary = try run(ranks)
            try ranks.finish()
            return summary
        } catch {
            ranks.giveWayToRoot()
            throw error
        }
    }

    private func run(_ ranks: MessagePassing?) throws(Failure) -> ShardSummary {
        let tokenizer = try WordPieceTokenizer.load(vocabulary, cased: configuration.cased)
        let readers = try corpora.map { path throws(Failure) in try CorpusReader(path) }
        let work = ShardWork(self, readers, tokenizer, ranks)
        if let ranks, ranks.rank > 0 {
            return try IndexDatabase.translated(output) { try work.help(ranks) }
        }
        return try lead(work, tokenizer, ranks)
    }

    /// Rank 0, or this process alone: the one that writes the index.
    private func lead(
        _ work: ShardWork, _ tokenizer: WordPieceTokenizer, _ ranks: MessagePassing?
    ) throws(Failure) -> ShardSummary {
        let began = ContinuousClock.now
        try ShardRun.refuseForeignFolder(output)
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        defer { withExtendedLifetime(lock) {} }
        let identity = try ShardIdentity(configuration, corpora: work.corpora, tokenizer: tokenizer, path: indexPath)
        return try IndexDatabase.translated(indexPath) {
            let database = try ShardSchema.open(output, create: true)
            let seal = ShardSeal(output)
            try database.write { row in
                let changes = row.totalChangesCount
                try identity.agree(row, toolVersion: toolVersion)
                // Before the transaction's end, so that no index is ever other than the seal states.
                if row.totalChangesCount != changes { try seal.lift() }
            }
            try Files.removePartials(in: output)
            try ShardSession(self, work, tokenizer, database).run()
            try seal.set()
            let information = try database.read { try ShardInformation.read($0, path: indexPath) }
            let summary = summary(
                information, seconds: Double(attoseconds: (ContinuousClock.now - began).components))
            try work.announce(.done(summary))
            return summary
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
