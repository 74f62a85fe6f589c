import ArgumentParser
import Finetune
import Foundation
import Streaming

struct FinetuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finetune",
        abstract: "Fine-tunes a model on a GLUE task and measures it.",
        discussion: """
            Tasks: \(GlueTask.all.map(\.name).joined(separator: ", ")). The data are GLUE's own files (train.tsv, dev.tsv).

              tessera finetune --task rte --data glue/RTE --model runs/mini --output out/rte
              tessera finetune --task cola --data glue/CoLA --model bert-base/ --seeds 1,2,3 --epochs 4 --output out/cola
            """)

    @Option(help: ArgumentHelp("The task's name.", valueName: "task"))
    var task: String

    @Option(help: ArgumentHelp("The task's folder, or GLUE's.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("A Hugging Face BERT folder, a checkpoint or a pretraining run.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Passes over the training examples.", valueName: "n"))
    var epochs = 3

    @Option(help: ArgumentHelp("Examples of a step.", valueName: "n"))
    var batch = 32

    @Option(help: ArgumentHelp("Peak learning rate.", valueName: "rate"))
    var learningRate = 2e-5

    @Option(help: ArgumentHelp("Seeds, one run each; the result is their median.", valueName: "1,2,3"))
    var seeds = "1"

    @Option(help: ArgumentHelp("Tokens of an example at most.", valueName: "n"))
    var maxLength = 128

    @Option(help: ArgumentHelp("Share of the steps for the warm-up.", valueName: "share"))
    var warmup = 0.1

    @Option(help: ArgumentHelp("Decay of the weights.", valueName: "rate"))
    var weightDecay = 0.01

    @Option(help: ArgumentHelp("Dropout; the default is the model's.", valueName: "share"))
    var dropout: Double?

    @Option(help: ArgumentHelp("Threads; 0 for all cores.", valueName: "n"))
    var threads = 0

    @OptionGroup var printing: OutputOptions

    func run() throws {
        var configuration = FinetuneConfiguration()
        configuration.epochs = epochs
        configuration.batch = batch
        configuration.learningRate = learningRate
        configuration.seeds = try parsedSeeds()
        configuration.maxLength = maxLength
        configuration.warmup = warmup
        configuration.weightDecay = weightDecay
        configuration.dropout = dropout
        configuration.threads = threads
        let summary = try FinetuneRun(
            task: GlueTask.named(task), data: data, model: model, output: output, configuration: configuration,
            progress: printing.progress, toolVersion: ProgramVersion.current, onNote: { Notes.print($0) }
        ).run()
        if printing.json { return try StandardOutput.json(summary) }
        var table = Table()
        for (name, value) in summary.metrics.sorted(by: { $0.key < $1.key }) {
            table.add(summary.task, name, String(format: "%.4f", value))
        }
        try StandardOutput.line(table.text)
    }

    private func parsedSeeds() throws -> [UInt64] {
        let parts = seeds.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let numbers = parts.compactMap { UInt64($0) }
        guard numbers.count == parts.count, !numbers.isEmpty else {
            throw Failure(.usage, "--seeds is a list of whole numbers, not '\(seeds)'", remedy: "write --seeds 1,2,3")
        }
        return numbers
    }
}
