import ArgumentParser
import Pipeline
import Streaming
import Tokenize

struct VocabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocab",
        abstract: "Learns a WordPiece vocabulary from a corpus.",
        discussion: """
            Writes vocab.txt with tokenizer.json and tokenizer_config.json beside it, so that
            transformers.AutoTokenizer gives the same ids.

              tessera vocab corpus/ --size 30522 --output vocab/vocab.txt
              tessera vocab corpus/ --size 28996 --cased --output vocab-cased/vocab.txt
            """)

    @Argument(help: ArgumentHelp("The corpus folder.", valueName: "corpus"))
    var corpus: String

    @Option(help: ArgumentHelp("Pieces, special ones included.", valueName: "n"))
    var size = 30_522

    @Option(help: ArgumentHelp("vocab.txt to make, or a folder for it.", valueName: "path"))
    var output: String

    @Flag(help: "Keep case and accents.")
    var cased = false

    @Option(help: ArgumentHelp("A pair of pieces is joined when it was seen at least so often.", valueName: "n"))
    var minimumFrequency = 2

    @Flag(help: "Replace a vocabulary that stands there already.")
    var overwrite = false

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard size >= 6 else { throw ValidationError("--size is at least 6: five special pieces and one more") }
        guard minimumFrequency >= 1 else { throw ValidationError("--minimum-frequency is at least 1") }
    }

    func run() throws {
        var configuration = VocabularyTrainer.Configuration()
        configuration.size = size
        configuration.options = cased ? .cased : .uncased
        configuration.minimumFrequency = minimumFrequency
        let summary = try VocabularyRun(
            corpus: corpus, output: output, configuration: configuration, overwrite: overwrite, jobs: threads.jobs,
            progress: printing.progress
        ).run()
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line("\(summary.pieces) pieces from \(summary.words) words in \(summary.output)")
    }
}
