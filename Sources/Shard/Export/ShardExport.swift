public import Streaming
internal import Tokenize

/// Writes shards in a form that other trainers read; the same call resumes after a kill and keeps whole files.
///
/// Threads make pieces of 1,024 instances, which are written in order, so that the bytes do not depend on their number.
/// Memory: eight decoded blocks and, for each job, four pieces (about 8 bytes for each token of the sequence length with
/// TFRecord, 1 to 2 with HDF5, 20 with JSON Lines and pieces).
public struct ShardExport: Sendable {
    private let shards: String
    private let output: String
    private let configuration: ExportConfiguration
    private let vocabulary: String?
    private let jobs: Int
    private let progress: ProgressMeter.Style
    private let toolVersion: String
    /// Called after each file, so that a test can stop a run as a kill would.
    var hook: (@Sendable (String) throws -> Void)?
    /// Bytes that can be written; nil asks the file system.
    var freeBytes: Int?

    /// - Parameters:
    ///   - shards: a finished set.
    ///   - output: the folder of the files, made when it is missing.
    ///   - configuration: everything that shapes them.
    ///   - vocabulary: where pieces are read from, when not from the shards' own folder.
    ///   - jobs: threads; the result does not depend on it.
    ///   - progress: where progress is told.
    ///   - toolVersion: the program's version, for the summary.
    public init(
        shards: String, output: String, configuration: ExportConfiguration, vocabulary: String? = nil, jobs: Int = 1,
        progress: ProgressMeter.Style = .quiet, toolVersion: String = "unknown"
    ) {
        self.shards = shards
        self.output = output
        self.configuration = configuration
        self.vocabulary = vocabulary
        self.jobs = max(1, jobs)
        self.progress = progress
        self.toolVersion = toolVersion
    }

    /// Writes what is not there yet.
    /// - Throws: a `Failure`; `cannotCreate` when the folder holds something else or another export.
    public func run() throws(Failure) -> ExportSummary {
        let began = ContinuousClock.now
        try configuration.validate()
        let reader = try ShardReader(shards, sequenceLength: configuration.sequenceLength)
        let pieces = try wantedVocabulary(reader)
        if configuration.format == .hdf5 { try HDF5Sink.load() }
        let plan = ExportPlan(configuration, counts: reader.count)
        guard !plan.files.isEmpty else {
            throw Failure(
                .usage, "there is no \(configuration.split.rawValue) instance in these shards", at: shards,
                remedy: "choose another --split")
        }
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        defer { withExtendedLifetime(lock) {} }
        var record = record(reader, plan)
        let isNew = try record.isNew(in: output)
        try Files.removePartials(in: output)
        let work = try work(plan, reader, pieces)
        try forecast(work)
        if isNew { try record.write(to: output) }
        try write(work, plan)
        for (index, file) in plan.files.enumerated() {
            record.files[index].bytes = try Files.size("\(output)/\(file.name)")
        }
        record.complete = true
        try record.write(to: output)
        let elapsed = (ContinuousClock.now - began).components
        return ExportSummary(
            format: configuration.format.rawValue, instances: plan.files.reduce(0) { $0 + $1.range.count },
            files: plan.files.count, filesKept: plan.files.count - work.files.count,
            bytes: record.files.reduce(0) { $0 + ($1.bytes ?? 0) },
            sequenceLength: record.sequenceLength, maxPredictions: record.maxPredictions,
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18, version: toolVersion,
            output: output)
    }

    /// Pieces may come from another folder, but they are those the shards were made with.
    private func wantedVocabulary(_ reader: ShardReader) throws(Failure) -> Vocabulary? {
        guard configuration.pieces else { return nil }
        guard let path = vocabulary else { return try reader.tokenizer().vocabulary }
        let vocabulary = try Vocabulary(contentsOf: path)
        guard ShardIdentity.digest(vocabulary) == reader.information.vocabularyDigest else {
            throw Failure(
                .badData, "is not the vocabulary these shards were made with", at: path,
                remedy: "leave --vocab out: the shards have theirs beside them")
        }
        return vocabulary
    }

    private func record(_ reader: ShardReader, _ plan: ExportPlan) -> ExportRecord {
        let information = reader.information
        return ExportRecord(
            configuration: configuration, shardsDigest: information.digest,
            vocabularyDigest: information.vocabularyDigest, seed: configuration.seed ?? information.seed,
            sequenceLength: information.sequenceLength, maxPredictions: information.maxPredictions,
            objective: information.objective.rawValue,
            files: plan.files.map {
                ExportRecord.File(name: $0.name, split: $0.split.rawValue, instances: $0.range.count)
            })
    }

    /// What is left to do: the files that are missing.
    private func work(_ plan: ExportPlan, _ reader: ShardReader, _ pieces: Vocabulary?) throws(Failure) -> ExportWork {
        let tokenizer = try reader.tokenizer()
        let source = ExportSource(
            reader, policy: MaskingPolicy(reader.information, vocabulary: tokenizer.vocabulary),
            configuration: configuration)
        return ExportWork(
            files: plan.files.filter { !Files.exists("\(output)/\($0.name)") }, source: source,
            encoder: encoder(reader.information, padding: tokenizer.vocabulary.padID, pieces: pieces))
    }

    /// Tells what is to come, and refuses what the disk cannot hold.
    private func forecast(_ work: ExportWork) throws(Failure) {
        guard !work.files.isEmpty else { return }
        let forecast = try translated { try ExportForecast(work, jobs: jobs) }
        if case .quiet = progress {} else { StandardError.write("export: \(forecast.text)\n") }
        guard let free = freeBytes ?? Files.freeBytes(in: output) else { return }
        try forecast.check(free: free, at: output)
    }

    private func write(_ work: ExportWork, _ plan: ExportPlan) throws(Failure) {
        let total = plan.files.reduce(0) { $0 + $1.range.count }
        let done = total - work.files.reduce(0) { $0 + $1.range.count }
        let bar = ProgressMeter(
            "export", unit: "instances", total: Double(total), done: Double(done), style: progress)
        try translated { try work.run(jobs: jobs, output: output, bar: bar, done: done, hook: hook) }
        bar.finish()
    }

    private func translated<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.inputOutput, "\(error)", at: output)
        }
    }

    private func encoder(
        _ information: ShardInformation, padding: Int32, pieces: Vocabulary?
    ) -> any ExportEncoder {
        switch configuration.format {
        case .jsonl: JSONLinesEncoder(pieces)
        case .tfrecord:
            TFRecordEncoder(
                sequenceLength: information.sequenceLength, predictions: information.maxPredictions, padding: padding)
        case .hdf5:
            HDF5Encoder(
                sequenceLength: information.sequenceLength, predictions: information.maxPredictions, padding: padding)
        }
    }
}
