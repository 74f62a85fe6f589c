import ArgumentParser
import Streaming
import Training

/// Options that every command with a result has.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON object.")
    var json = false

    @Flag(help: "No progress on stderr.")
    var quiet = false

    var progress: ProgressMeter.Style { quiet ? .quiet : .automatic }
}

/// How many threads work.
struct JobOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Worker threads; the result does not depend on it.", valueName: "n"))
    var jobs = ProcessLauncher.threads(requested: 0)

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 1024") }
    }
}
