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
        case spoolsWritten(blocks: Int), scatterCommitted(blocks: Int), partitionWritten(Int), partitionCommitted(Int)
        case spoolsRemoved
    }
    typealias Hook = @Sendable (Stage) throws -> Void

    private let corpora: [String]
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

    /// Runs what is left to do.
    /// - Throws: a `Failure`; `cannotCreate` when the folder holds something else or was made otherwise.
    public func run() throws(Failure) -> ShardSummary {
        let began = ContinuousClock.now
        try configuration.validate()
        let tokenizer = try WordPieceTokenizer.load(vocabulary, cased: configuration.cased)
        let readers = try corpora.map { path throws(Failure) in try CorpusReader(path) }
        try ShardRun.refuseForeignFolder(output)
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        defer { withExtendedLifetime(lock) {} }
        try Files.removePartials(in: output)
        let identity = try ShardIdentity(configuration, corpora: readers, tokenizer: tokenizer, path: indexPath)
        let information = try IndexDatabase.translated(indexPath) {
            let database = try ShardSchema.open(output, create: true)
            try database.write { try identity.agree($0, toolVersion: toolVersion) }
            return try run(readers, tokenizer, database)
        }
        return summary(information, seconds: Double(attoseconds: (ContinuousClock.now - began).components))
    }

    private func run(
        _ corpora: [CorpusReader], _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue
    ) throws -> ShardInformation {
        while var generation = try open(corpora, tokenizer, database) {
            if generation.state == .scatter {
                try tokenizer.save(to: output)
                generation.scatter = try scatter(generation, corpora, tokenizer, database)
            }
            try build(generation, tokenizer, database)
            try finish(generation, database)
        }
        return try database.read { try ShardInformation.read($0, path: indexPath) }
    }

    /// The generation that is under way, or a new one for documents that no generation holds.
    private func open(
        _ corpora: [CorpusReader], _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue
    ) throws -> Generation? {
        let known = try database.read { try GenerationIndex.all($0, path: indexPath) }
        if let open = known.first(where: { $0.state != .complete }) { return open }
        let next = try GenerationPlan.next(
            after: known, corpora: corpora, configuration: configuration,
            width: TokenWidth.bytes(vocabularySize: tokenizer.vocabulary.count))
        guard let next else {
            guard known.isEmpty else { return nil }
            throw Failure(
                .badData, "holds no document", at: self.corpora.joined(separator: ", "), remedy: "ingest one first")
        }
        try database.write { try GenerationIndex.insert($0, next, toolVersion: toolVersion) }
        return next
    }

    private func partitions(_ generation: Generation, _ database: DatabaseQueue) throws -> [PartitionRow] {
        try database.read { try ShardIndex.partitions($0, path: indexPath) }
            .filter { generation.partitions.contains($0.id) }
    }

    private func scatter(
        _ generation: Generation, _ readers: [CorpusReader], _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue
    ) throws -> ScatterState {
        let pass = ScatterPass(
            directory: output, corpora: readers, generation: generation,
            encoder: DocumentEncoder(tokenizer: tokenizer, language: configuration.language),
            configuration: configuration, database: database, jobs: jobs, commitBytes: commitBytes, style: progress,
            hook: hook)
        return try pass.run(lengths: partitions(generation, database).map(\.spoolBytes))
    }

    private func build(_ generation: Generation, _ tokenizer: WordPieceTokenizer, _ database: DatabaseQueue) throws {
        guard generation.scatter.documents > 0 || generation.number > 0 else {
            throw Failure(
                .badData, "holds no text in which the tokenizer finds a token",
                at: corpora.joined(separator: ", "),
                remedy: "look at it with 'tessera inspect --text', and at the vocabulary")
        }
        let rows = try partitions(generation, database)
        let order = try order(rows, vocabularySize: tokenizer.vocabulary.count, database)
        let builder = PartitionBuilder(
            directory: output, configuration: configuration, validation: generation.scatter.validation,
            policies: configuration.sequenceLengths.map {
                MaskingPolicy(configuration, sequenceLength: $0, vocabulary: tokenizer.vocabulary)
            },
            order: order, hook: hook)
        try BuildPass(builder: builder, database: database, jobs: jobs, style: progress, hook: hook).run(rows)
    }

    /// The order of tokens: the set's own, or a new one from the counts of the first partition that has documents.
    private func order(
        _ rows: [PartitionRow], vocabularySize: Int, _ database: DatabaseQueue
    ) throws -> TokenOrder {
        let known = try database.read {
            try ShardIndex.tokenOrder($0, vocabularySize: vocabularySize, path: indexPath)
        }
        if let known { return known }
        var counts = [Int](repeating: 0, count: vocabularySize)
        if let row = rows.first(where: { $0.spoolBytes > 0 }) {
            try SpooledDocuments(row, in: output, vocabularySize: vocabularySize).count(into: &counts)
        }
        let order = TokenOrder(counts: counts)
        try database.write { try ShardIndex.insert($0, order) }
        return order
    }

    /// All partitions are committed: nothing needs the spools any more.
    private func finish(_ generation: Generation, _ database: DatabaseQueue) throws {
        let all = try database.read { row in
            try (ShardIndex.partitions(row, path: indexPath), ShardIndex.statistics(row, path: indexPath))
        }
        let hasTraining = configuration.sequenceLengths.allSatisfy {
            (all.1[ShardSet(sequenceLength: $0, split: .train)]?["instances"] ?? 0) > 0
        }
        guard hasTraining else {
            throw Failure(
                .badData, "is too small: it gives no instance to train on", at: corpora.joined(separator: ", "),
                remedy: "add documents to it")
        }
        try SpoolFiles.remove(in: output)
        try hook?(.spoolsRemoved)
        try database.write { row in
            let size = try ShardIndex.number(row, ShardMeta.vocabularySize, path: indexPath)
            guard let order = try ShardIndex.tokenOrder(row, vocabularySize: size, path: indexPath) else {
                throw Failure(.badData, "has no order of tokens", at: indexPath, remedy: "build the shards again")
            }
            let digest = ShardDigest.whole(order, all.0.map(\.digest))
            try IndexDatabase.setMeta(row, ShardMeta.digest, digest)
            try GenerationIndex.update(row, generation.number, state: .complete)
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
