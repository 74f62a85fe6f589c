import ArgumentParser
import Finetune
import Foundation
import Streaming

struct GlueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glue",
        abstract: "Fine-tunes a model on every GLUE task, prints the table and packs the submission.",
        discussion: """
            Tasks whose folder holds no train.tsv are named and left out. An interrupted run goes on where it was.

              tessera glue --data glue/ --model runs/base --output out/glue
              tessera glue --data glue/ --model bert-base/ --seeds 1,2,3 \\
                  --output out/glue --json
            """)

    @Option(help: ArgumentHelp("GLUE's folder, with CoLA/, SST-2/ ... in it.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("A Hugging Face BERT folder, a checkpoint or a pretraining run.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @OptionGroup var options: FinetuneOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let summary = try GlueRun(
            data: data, model: model, output: output, configuration: options.configuration(),
            progress: printing.progress, toolVersion: ProgramVersion.current, onNote: { Notes.print($0) }
        ).run()
        if printing.json { return try StandardOutput.json(summary) }
        var table = Table()
        for task in summary.tasks {
            for (name, value) in task.metrics.sorted(by: { $0.key < $1.key }) {
                table.add(task.task, name, String(format: "%.4f", value))
            }
        }
        table.add("mean", "of \(summary.tasks.count) tasks", String(format: "%.4f", summary.score))
        try StandardOutput.line(table.text)
        if !summary.missing.isEmpty {
            try StandardOutput.line("not there: " + summary.missing.joined(separator: ", "))
        }
        if let submission = summary.submission { try StandardOutput.line("submission: " + submission) }
    }
}
