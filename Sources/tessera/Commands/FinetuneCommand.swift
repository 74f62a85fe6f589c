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

              tessera finetune --task rte --data glue/RTE --model runs/mini \\
                  --output out/rte
              tessera finetune --task cola --data glue/CoLA --model bert-base/ \\
                  --seeds 1,2,3 --epochs 4 --output out/cola
            """)

    @Option(help: ArgumentHelp("The task's name.", valueName: "task"))
    var task: String

    @Option(help: ArgumentHelp("The task's folder, or GLUE's.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("A Hugging Face BERT folder, a checkpoint or a pretraining run.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @OptionGroup var options: FinetuneOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let summary = try FinetuneRun(
            task: GlueTask.named(task), data: data, model: model, output: output,
            configuration: options.configuration(),
            progress: printing.progress, toolVersion: ProgramVersion.current, onNote: { Notes.print($0) }
        ).run()
        if printing.json { return try StandardOutput.json(summary) }
        var table = Table()
        for (name, value) in summary.metrics.sorted(by: { $0.key < $1.key }) {
            table.add(summary.task, name, String(format: "%.4f", value))
        }
        try StandardOutput.line(table.text)
    }
}
