import ArgumentParser
import Pipeline
import Streaming

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a corpus, shards, vocabulary, model or run holds.",
        discussion: """
              # counts, what was left out and why, what cleaning dropped
              tessera inspect corpus/
              # one paragraph a line, a blank line between documents
              tessera inspect corpus/ --text | less
              # lengths, labels, masks, sources, and instances decoded
              tessera inspect shards/ --examples 5
              # the same of every instance, not of 131072 of each split
              tessera inspect shards/ --all --json
              # what is wrong with a vocabulary, which characters it covers
              tessera inspect vocab.txt
              # pieces a word and unknown words, beside another
              tessera inspect vocab.txt --corpus corpus/ --against other-vocab.txt
              tessera inspect runs/mini --json
            """)

    @Argument(help: ArgumentHelp("What to look at.", valueName: "path"))
    var path: String

    @Flag(help: "Print the text of a corpus.")
    var text = false

    @Option(help: ArgumentHelp("Instances of shards to show.", valueName: "n"))
    var examples = 0

    @Option(help: ArgumentHelp("Which length of shards that hold several (default: the first).", valueName: "n"))
    var sequenceLength: Int?

    @Flag(help: "Look at every instance of shards, and at all text that has unknown words.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "With a vocabulary, a corpus or text to cut with it; with shards, their corpus, if it was moved.",
            valueName: "path"))
    var corpus: String?

    @Option(help: ArgumentHelp("Another vocabulary to compare with on that text.", valueName: "vocab"))
    var against: String?

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        if against != nil, corpus == nil { throw ValidationError("--against needs the text of a --corpus") }
    }

    func run() throws {
        let kind = try ArtifactKind(at: path)
        if text { return try printText(kind) }
        var inspection = try Inspection(of: path, kind, options)
        if let corpus, kind != .shards {
            guard kind == .vocabulary else {
                throw Failure(.usage, "is no vocabulary and no shards", at: path, remedy: "leave --corpus out")
            }
            try inspection.addFertility(of: path, text: corpus, against: against, jobs: threads.jobs)
        }
        if printing.json { return try StandardOutput.json(Report(kind, path, inspection)) }
        var lines: [String] = []
        for section in inspection.sections {
            var table = Table()
            for entry in section.entries { table.add("  " + entry.name, entry.value.description) }
            lines.append(section.title + "\n" + table.text)
        }
        try StandardOutput.line(lines.joined(separator: "\n\n"))
    }

    private var options: InspectionOptions {
        var options = InspectionOptions()
        options.examples = examples
        options.sequenceLength = sequenceLength
        options.corpus = corpus
        options.all = all
        options.jobs = threads.jobs
        options.progress = printing.progress
        return options
    }

    private func printText(_ kind: ArtifactKind) throws {
        guard kind == .corpus else {
            throw Failure(.usage, "is no corpus, so it has no text", at: path, remedy: "leave --text out")
        }
        var output = StandardOutput()
        try Inspection.text(ofCorpus: path) { try output.write($0) }
        try output.flush()
    }

    /// The first section's entries stand at the top, the others as objects of their own; numbers are numbers.
    private struct Report: Encodable {
        private let values: [String: Inspection.Value]

        init(_ kind: ArtifactKind, _ path: String, _ inspection: Inspection) {
            var values: [String: Inspection.Value] = [
                "kind": .text(kind.rawValue), "output": .text(path), "version": .text(ProgramVersion.current),
            ]
            for (number, section) in inspection.sections.enumerated() {
                let entries = section.entries.map { ($0.name, $0.value) }
                if number == 0 {
                    values.merge(entries) { $1 }
                } else {
                    values[section.title] = .object(entries)
                }
            }
            self.values = values
        }

        func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
    }
}
