public import Streaming

internal import Foundation

/// The result of `tessera glue`.
public struct GlueSummary: Codable, Sendable, Equatable {
    /// One summary for each task that was there, in GLUE's order.
    public var tasks: [FinetuneSummary]
    /// The mean over the tasks of the mean of their metrics, as GLUE averages; only over those that were there.
    public var score: Double
    /// Tasks of which the folder holds no train.tsv.
    public var missing: [String]
    /// The archive for GLUE's server, nil when no task has a test.tsv.
    public var submission: String?
    /// Wall-clock time of all tasks.
    public var seconds: Double
    /// The program's version.
    public var version: String
    /// The folder written.
    public var output: String
}

/// Fine-tunes and measures a model on every GLUE task of a folder, each as `FinetuneRun` does.
///
/// The folder holds one folder a task, and `submission.zip` with the predictions of every task that has a test.tsv.
/// Killed at any instant, the same command goes on with the task it was in.
public struct GlueRun {
    private let data: String
    private let model: String
    private let output: String
    private let configuration: FinetuneConfiguration
    private let progress: ProgressMeter.Style
    private let toolVersion: String
    private let onNote: (String) -> Void

    /// - Parameters:
    ///   - data: GLUE's folder, with CoLA/, SST-2/ ... in it.
    ///   - model: a Hugging Face BERT folder, or a pretraining run.
    ///   - output: the folder to write; made when it is not there.
    ///   - configuration: the same for every task.
    ///   - onNote: told what a user should know, such as rows that were left out.
    public init(
        data: String, model: String, output: String, configuration: FinetuneConfiguration,
        progress: ProgressMeter.Style = .quiet, toolVersion: String = "unknown",
        onNote: @escaping (String) -> Void = { _ in }
    ) {
        self.data = data
        self.model = model
        self.output = output
        self.configuration = configuration
        self.progress = progress
        self.toolVersion = toolVersion
        self.onNote = onNote
    }

    /// Runs all tasks, or gives the results of those that have ended before.
    public func run() throws(Failure) -> GlueSummary {
        let present = GlueTask.all.filter { Files.exists("\(data)/\($0.folder)/train.tsv") }
        guard !present.isEmpty else {
            throw Failure(
                .noInput, "holds no GLUE task (CoLA/train.tsv, SST-2/train.tsv ...)", at: data,
                remedy: "give the folder that GLUE's download makes")
        }
        var summaries: [FinetuneSummary] = []
        for task in present {
            let run = FinetuneRun(
                task: task, data: "\(data)/\(task.folder)", model: model, output: "\(output)/\(task.name)",
                configuration: configuration, progress: progress, toolVersion: toolVersion, onNote: onNote)
            summaries.append(try run.run())
        }
        let scores = summaries.map { $0.metrics.values.sorted().reduce(0, +) / Double(max(1, $0.metrics.count)) }
        return GlueSummary(
            tasks: summaries, score: scores.reduce(0, +) / Double(scores.count),
            missing: GlueTask.all.filter { !present.contains($0) }.map(\.name), submission: try archive(present),
            seconds: summaries.reduce(0) { $0 + $1.seconds }, version: toolVersion, output: output)
    }

    /// Packs the test predictions under the names GLUE's server wants.
    private func archive(_ tasks: [GlueTask]) throws(Failure) -> String? {
        var archive = ZipArchive()
        for task in tasks {
            for split in task.splits {
                let file = "\(output)/\(task.name)/predictions-\(split.test)"
                guard Files.exists(file) else {
                    onNote("\(task.name): no \(split.test), so \(split.submission) is not in the submission")
                    continue
                }
                archive.add(split.submission, try Files.read(file))
            }
        }
        guard !archive.isEmpty else { return nil }
        let path = output + "/submission.zip"
        try Files.write(archive.bytes, to: path)
        return path
    }
}
