import ArgumentParser
import Pipeline
import Streaming

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a corpus, shards, vocabulary, model or run holds.",
        discussion: """
              tessera inspect corpus/                # counts, what was left out and why, what cleaning dropped
              tessera inspect corpus/ --text | less  # one paragraph a line, a blank line between documents
              tessera inspect shards/ --examples 5   # lengths, labels, and instances decoded
              tessera inspect vocab.txt              # what is wrong with it, which characters it covers
              tessera inspect vocab.txt --corpus corpus/ --against other-vocab.txt   # pieces a word, unknown words
              tessera inspect runs/mini --json
            """)

    @Argument(help: ArgumentHelp("What to look at.", valueName: "path"))
    var path: String

    @Flag(help: "Print the text of a corpus.")
    var text = false

    @Option(help: ArgumentHelp("Instances of shards to show.", valueName: "n"))
    var examples = 0

    @Option(
        help: ArgumentHelp("A corpus or text whose words are cut with the vocabulary looked at.", valueName: "path"))
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
        var inspection = try Inspection(of: path, kind, examples: examples)
        if let corpus {
            guard kind == .vocabulary else {
                throw Failure(.usage, "is no vocabulary", at: path, remedy: "leave --corpus out")
            }
            try inspection.addFertility(of: path, text: corpus, against: against, jobs: threads.jobs)
        }
        if printing.json { return try StandardOutput.json(Report(kind, path, inspection)) }
        var lines: [String] = []
        for section in inspection.sections {
            var table = Table()
            for entry in section.entries { table.add("  " + entry.name, entry.value) }
            lines.append(section.title + "\n" + table.text)
        }
        try StandardOutput.line(lines.joined(separator: "\n\n"))
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
        private enum Value: Encodable {
            case text(String), whole(Int), real(Double), section([String: Value])

            init(_ text: String) {
                if let whole = Int(text) {
                    self = .whole(whole)
                } else if let real = Double(text), real.isFinite {
                    self = .real(real)
                } else {
                    self = .text(text)
                }
            }

            func encode(to encoder: any Encoder) throws {
                switch self {
                case .text(let value): try value.encode(to: encoder)
                case .whole(let value): try value.encode(to: encoder)
                case .real(let value): try value.encode(to: encoder)
                case .section(let values): try values.encode(to: encoder)
                }
            }
        }

        private let values: [String: Value]

        init(_ kind: ArtifactKind, _ path: String, _ inspection: Inspection) {
            var values: [String: Value] = [
                "kind": .text(kind.rawValue), "output": .text(path), "version": .text(ProgramVersion.current),
            ]
            for (number, section) in inspection.sections.enumerated() {
                // A digest can look like a number; it stays text.
                let entries = section.entries.map { ($0.name, $0.name == "digest" ? .text($0.value) : Value($0.value)) }
                let object = Dictionary(entries, uniquingKeysWith: { $1 })
                if number == 0 { values.merge(object) { $1 } } else { values[section.title] = .section(object) }
            }
            self.values = values
        }

        func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
    }
}
