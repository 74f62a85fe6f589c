import ArgumentParser
import Pipeline
import Streaming

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks every checksum and invariant of a corpus, shards, vocabulary, model or run.",
        discussion: """
            Ends with 65 when something is damaged, and names each damaged place.

              tessera verify corpus/
              tessera verify shards/ --json
            """)

    @Argument(help: ArgumentHelp("What to check.", valueName: "path"))
    var path: String

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        let kind = try ArtifactKind(at: path)
        let failures = try Verification.failures(of: path, kind, jobs: threads.jobs, progress: printing.progress)
        if printing.json {
            try StandardOutput.json(Report(kind: kind.rawValue, output: path, failures: failures.map(\.description)))
        } else if failures.isEmpty {
            try StandardOutput.line("\(path): \(kind.rawValue) is whole")
        }
        guard let first = failures.first else { return }
        for failure in failures.dropFirst() {
            StandardError.write("tessera: \(failure.description)\n")
        }
        throw first
    }

    private struct Report: Encodable {
        var kind: String
        var output: String
        var version = ProgramVersion.current
        var failures: [String]
    }
}
