import ArgumentParser
import Finetune
import Foundation

struct FillMaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill-mask",
        abstract: "Shows what a model would put for each [MASK] of a text.",
        discussion: """
              tessera fill-mask --model runs/mini 'the [MASK] of the island'
              tessera fill-mask --model bert-base-uncased/ --top 10 \\
                  'Paris is the [MASK] of France.'
            """)

    @Option(help: ArgumentHelp("A Hugging Face BERT folder, a checkpoint or a pretraining run.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("Candidates for each mask.", valueName: "n"))
    var top = 5

    @Argument(help: ArgumentHelp("A text with [MASK] in it.", valueName: "text"))
    var text: String

    @OptionGroup var printing: OutputOptions

    func run() throws {
        let masks = try FillMask(model: model).candidates(for: text, count: top)
        if printing.json { return try StandardOutput.json(["masks": masks]) }
        var table = Table()
        for (number, candidates) in masks.enumerated() {
            for candidate in candidates {
                table.add("[MASK] \(number + 1)", candidate.piece, String(format: "%.4f", candidate.probability))
            }
        }
        try StandardOutput.line(table.text)
    }
}
