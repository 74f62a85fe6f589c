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
              tessera inspect runs/mini --json
            """)

    @Argument(help: ArgumentHelp("What to look at.", valueName: "path"))
    var path: String

    @Flag(help: "Print the text of a corpus.")
    var text = false

    @Option(help: ArgumentHelp("Instances of shards to show.", valueName: "n"))
    var examples = 0

    @OptionGroup var printing: OutputOptions

    func run() throws {
        let kind = try ArtifactKind(at: path)
        if text { return try printText(kind) }
        let inspection = try Inspection(of: path, kind, examples: examples)
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

    /// Sections as objects; a first section's entries stand at the top.
    private struct Report: Encodable {
        private let values: [String: [String: String]]

        init(_ kind: ArtifactKind, _ path: String, _ inspection: Inspection) {
            var values = ["about": ["kind": kind.rawValue, "output": path, "version": ProgramVersion.current]]
            for section in inspection.sections {
                values[section.title] = Dictionary(section.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            }
            self.values = values
        }

        func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
    }
}
