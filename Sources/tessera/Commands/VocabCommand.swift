public import ArgumentParser
public import Pipeline
import Streaming
public import Tokenize

extension VocabularyAlgorithm: ExpressibleByArgument {}
extension ByteCount: ExpressibleByArgument {}

struct VocabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocab",
        abstract: "Learns a WordPiece vocabulary from a corpus.",
        discussion: """
            Writes vocab.txt with tokenizer.json and tokenizer_config.json beside it, so that \
            transformers.AutoTokenizer gives the same ids. docs/vocabulary.md compares the algorithms.

              tessera vocab corpus/ --size 30522 --output vocab/vocab.txt
              tessera vocab notes.txt articles/ --size 28996 --cased --output vocab-cased/
              tessera vocab medical/ --extend bert-base-uncased-vocab.txt \\
                  --terms glossary.txt --output medical/
            """)

    @Argument(help: ArgumentHelp("Corpus folders, text files, folders of .txt files.", valueName: "corpus"))
    var inputs: [String]

    @Option(
        help: ArgumentHelp(
            "Pieces, special ones included (default: 30522, with --extend as many as there).", valueName: "n"))
    var size: Int?

    @Option(help: ArgumentHelp("vocab.txt to make, or a folder for it.", valueName: "path"))
    var output = "vocab.txt"

    @Option(help: "How pieces are chosen.")
    var algorithm = VocabularyAlgorithm.frequency

    @Flag(help: "Keep case and accents.")
    var cased = false

    @Option(
        help: ArgumentHelp(
            "A pair, or with topdown a piece, is taken when it was seen so often (default: 2, topdown 10).",
            valueName: "n"))
    var minimumFrequency: Int?

    @Option(help: ArgumentHelp("Different characters at most; the rarest go first.", valueName: "n"))
    var limitAlphabet = 1_000

    @Option(help: ArgumentHelp("Characters that are pieces in any case.", valueName: "characters"))
    var initialAlphabet = ""

    @Option(help: ArgumentHelp("[unused] pieces to keep or make, for a meaning given later.", valueName: "n"))
    var unused = 0

    @Option(
        help: ArgumentHelp(
            "A vocabulary whose ids stay: new pieces fill its [unused] places, then follow.", valueName: "base-vocab"))
    var extend: String?

    @Option(help: ArgumentHelp("A file of terms, one a line, whose words become pieces.", valueName: "glossary"))
    var terms: String?

    @Option(
        help: ArgumentHelp(
            "Memory to take at most; what it cannot hold goes to scratch files beside the output.", valueName: "size"))
    var memory = ByteCount(512 << 20)

    @Flag(help: "Replace a vocabulary that stands there already.")
    var overwrite = false

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard !inputs.isEmpty else { throw ValidationError("name a corpus folder or a text file") }
        guard size ?? 6 >= 6 else { throw ValidationError("--size is at least 6: five special pieces and one more") }
        guard minimumFrequency ?? 1 >= 1 else { throw ValidationError("--minimum-frequency is at least 1") }
        guard limitAlphabet >= 1 else { throw ValidationError("--limit-alphabet is at least 1") }
        guard unused >= 0 else { throw ValidationError("--unused is at least 0") }
    }

    private var plan: VocabularyPlan {
        var plan = VocabularyPlan()
        plan.size = size
        plan.algorithm = algorithm
        plan.cased = cased
        plan.minimumFrequency = minimumFrequency
        plan.limitAlphabet = limitAlphabet
        plan.initialAlphabet = initialAlphabet
        plan.unused = unused
        plan.extend = extend
        plan.terms = terms
        plan.memory = memory
        return plan
    }

    func run() throws {
        let summary = try VocabularyRun(
            inputs: inputs, output: output, plan: plan, overwrite: overwrite, jobs: threads.jobs,
            progress: printing.progress
        ).run()
        if let count = summary.wordsLeftOut, count > 0, !printing.quiet {
            StandardError.write(
                "\(count) of \(summary.words) words, the rarest, were not learnt from: --memory holds no more\n")
        }
        if let count = summary.termsLeftOut, count > 0, !printing.quiet {
            StandardError.write("\(count) words of the glossary are longer than 100 characters and were left out\n")
        }
        if printing.json { return try StandardOutput.json(summary) }
        try StandardOutput.line("\(summary.pieces) pieces from \(summary.words) words in \(summary.output)")
    }
}
