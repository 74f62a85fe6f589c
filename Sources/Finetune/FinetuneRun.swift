public import Model
public import Streaming

internal import Foundation
internal import Tokenize
internal import Training

/// Fine-tunes a model on a GLUE task, once for each seed, and evaluates it on the development examples.
///
/// The folder holds config.yaml, `seed-S/` (metrics.jsonl, result.json, predictions), and at the end `model/` (of the
/// best seed, loadable by Hugging Face's library), `predictions-dev.tsv` and summary.json. Killed at any instant, the
/// same command goes on from the last checkpoint and ends with the same metrics.
public struct FinetuneRun {
    let task: GlueTask
    let data: String
    let model: String
    let output: String
    let configuration: FinetuneConfiguration
    let progress: ProgressMeter.Style
    let toolVersion: String
    let onNote: (String) -> Void
    /// Layers of your own, when the model has such; objectives beside the task's are passed over.
    public var architecture = Architecture()
    /// Called after each step, before its checkpoint: a test can stop a run here as a kill would.
    var onStep: (_ seed: UInt64, _ step: Int) throws(Failure) -> Void = { _, _ throws(Failure) in }

    /// - Parameters:
    ///   - data: the task's folder (train.tsv, dev.tsv), or the GLUE folder it is in.
    ///   - model: a Hugging Face BERT folder, or a pretraining run.
    ///   - output: the folder to write; made when it is not there.
    ///   - onNote: told what a user should know, such as rows that were left out.
    public init(
        task: GlueTask, data: String, model: String, output: String, configuration: FinetuneConfiguration,
        progress: ProgressMeter.Style = .quiet, toolVersion: String = "unknown",
        onNote: @escaping (String) -> Void = { _ in }
    ) {
        self.task = task
        self.data = data
        self.model = model
        self.output = output
        self.configuration = configuration
        self.progress = progress
        self.toolVersion = toolVersion
        self.onNote = onNote
    }

    /// Trains and evaluates, or gives the summary of a run that has ended before.
    public func run() throws(Failure) -> FinetuneSummary {
        try configuration.validate()
        let folder = try dataFolder()
        let start = try Checkpoint.modelDirectory(model)
        let shape = try resolvedShape(start)
        try Files.createDirectory(output)
        let lock = try DirectoryLock(output)
        defer { withExtendedLifetime(lock) {} }
        try claim(start, folder)
        if Files.exists(summaryPath) { return try StoredResult.read(summaryPath) }
        let data = try FinetuneData(
            task: task, folder: folder, tokenizer: WordPieceTokenizer.load(start),
            maxLength: min(configuration.maxLength, shape.maxPositionEmbeddings), vocabularySize: shape.vocabularySize)
        if data.skippedRows > 0 {
            onNote("\(folder): \(data.skippedRows) rows without all columns or a label were left out")
        }
        var seeds: [FinetuneSummary.Seed] = []
        for seed in configuration.seeds {
            seeds.append(try FinetuneSession(self, data, shape, start, seed: seed).run())
        }
        return try finish(seeds, data)
    }

    var summaryPath: String { output + "/summary.json" }

    func seedFolder(_ seed: UInt64) -> String { "\(output)/seed-\(seed)" }

    /// The folder that holds train.tsv.
    private func dataFolder() throws(Failure) -> String {
        for folder in [data, "\(data)/\(task.folder)"] where Files.exists(folder + "/train.tsv") { return folder }
        throw Failure(
            .noInput, "holds no train.tsv, nor a folder \(task.folder) with one", at: data,
            remedy: "give the folder of the task's files as --data")
    }

    private func resolvedShape(_ folder: String) throws(Failure) -> BertConfiguration {
        var shape = try BertConfiguration(contentsOf: folder)
        do throws(Failure) {
            shape = try architecture.claim(shape)
        } catch {
            throw Failure(error.code, error.message, at: folder, remedy: error.remedy)
        }
        if let dropout = configuration.dropout {
            (shape.hiddenDropout, shape.attentionDropout, shape.classifierDropout) = (dropout, dropout, dropout)
        }
        guard shape.typeVocabularySize >= task.texts.count else {
            throw Failure(
                .badData, "knows one segment, the task has pairs of texts", at: folder, remedy: "use another model")
        }
        // Two texts of a token or more between [CLS] and two [SEP], with room for a word of several pieces.
        guard shape.maxPositionEmbeddings >= FinetuneConfiguration.shortestExample else {
            throw Failure(
                .badData,
                "max_position_embeddings is \(shape.maxPositionEmbeddings), fine-tuning needs "
                    + "\(FinetuneConfiguration.shortestExample) or more",
                at: folder, remedy: "use another model")
        }
        if case .classes(let names) = task.target { shape.labelNames = names } else { shape.labelNames = nil }
        return shape
    }

    private func claim(_ start: String, _ folder: String) throws(Failure) {
        let names = try Files.names(in: output)
        guard names.isEmpty || names.contains("config.yaml") || names == ["config.yaml.partial"] else {
            throw Failure(
                .cannotCreate, "is not empty and holds no run", at: output, remedy: "give a new folder as --output")
        }
        var settings = RunSettings()
        settings.add("command", .text("finetune"))
        settings.add("tool_version", .text(toolVersion), isFree: true)
        settings.add("task", .text(task.name))
        settings.add("data", .text(data), isFree: true)
        settings.add("model", .text(start))
        settings.add("epochs", .whole(configuration.epochs))
        settings.add("batch", .whole(configuration.batch))
        settings.add("learning_rate", .number(configuration.learningRate))
        settings.add("seeds", .text(configuration.seeds.map(String.init).joined(separator: ",")))
        settings.add("max_length", .whole(configuration.maxLength))
        settings.add("warmup", .number(configuration.warmup))
        settings.add("weight_decay", .number(configuration.weightDecay))
        settings.add("clip", .number(configuration.clip))
        settings.add("dropout", configuration.dropout.map { .number($0) } ?? .text("as in the model"))
        settings.add("checkpoint_every", .whole(configuration.checkpointEvery), isFree: true)
        for name in ["model.safetensors", "config.json", "vocab.txt"] {
            try addMark("model", name, in: start, to: &settings)
        }
        for name in ["train.tsv"] + task.splits.flatMap({ [$0.development, $0.test] }) {
            try addMark("data", name, in: folder, to: &settings)
        }
        _ = try settings.claim(output + "/config.yaml")
    }

    /// What a file holds, so that a folder belongs to one model and one set of examples wherever they lie.
    private func addMark(
        _ kind: String, _ name: String, in folder: String, to settings: inout RunSettings
    ) throws(Failure) {
        let path = "\(folder)/\(name)"
        guard Files.exists(path) else { return settings.add("\(kind)/\(name)", .text("none")) }
        let mark = try TrainingState.FileMark.of(path)
        settings.add("\(kind)/\(name)", .text("\(mark.bytes) bytes, CRC-32C \(String(mark.crc32c, radix: 16))"))
    }

    /// Hands on the best seed's model and predictions, removes the others' models, writes the summary.
    private func finish(_ seeds: [FinetuneSummary.Seed], _ data: FinetuneData) throws(Failure) -> FinetuneSummary {
        let model = output + "/model"
        let best = seeds.reduce(seeds[0]) { $1.score > $0.score ? $1 : $0 }
        let kept = seedFolder(best.seed) + "/model"
        if Files.exists(kept) {
            try Files.remove(model)
            try Files.rename(kept, to: model)
        }
        for name in try Files.names(in: seedFolder(best.seed)) where name.hasPrefix("predictions-") {
            try Files.write(try Files.read("\(seedFolder(best.seed))/\(name)"), to: "\(output)/\(name)")
        }
        for seed in seeds { try Files.remove(seedFolder(seed.seed) + "/model") }
        var metrics: [String: Double] = [:]
        for name in best.metrics.keys { metrics[name] = FinetuneSummary.median(seeds.map { $0.metrics[name] ?? 0 }) }
        let summary = FinetuneSummary(
            task: task.name, metrics: metrics, seeds: seeds,
            examplesPerSecond: FinetuneSummary.median(seeds.map(\.examplesPerSecond)),
            seconds: seeds.reduce(0) { $0 + $1.seconds }, trainExamples: data.train.count,
            developmentExamples: data.development.reduce(0) { $0 + $1.examples.count }, skippedRows: data.skippedRows,
            version: toolVersion, output: output, model: model)
        try StoredResult.write(summary, to: summaryPath)
        return summary
    }
}

/// Results as JSON files.
enum StoredResult {
    static func write(_ value: some Encodable, to path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw Failure(.bug, "a result cannot be encoded") }
        try Files.write(Array(data) + [0x0A], to: path)
    }

    static func read<Value: Decodable>(_ path: String) throws(Failure) -> Value {
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(try Files.read(path))) else {
            throw Failure(.badData, "is no result of a run", at: path, remedy: "remove the file and run again")
        }
        return value
    }
}
