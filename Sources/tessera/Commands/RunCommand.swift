import ArgumentParser
import Foundation
import Pipeline
import Streaming

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a whole recipe: skips what is done, resumes what is not.",
        discussion: """
              tessera run pipelines/quickstart.yaml
              tessera run pipelines/quickstart.yaml --dry-run
              tessera run my.yaml --set pretrain.steps=2000 --set output=runs/longer
              # build shards and all after them anew
              tessera run my.yaml --from shard
            """)

    @Argument(help: ArgumentHelp("The pipeline file.", valueName: "file.yaml"))
    var file: String

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Set an option over the file.", valueName: "stage.option=value"))
    var assignments: [String] = []

    @Option(help: ArgumentHelp("Build this stage and all after it anew.", valueName: "stage"))
    var from: String?

    @Option(help: ArgumentHelp("Run this stage alone.", valueName: "stage"))
    var only: String?

    @Flag(help: "Tell what would be done, and do nothing.")
    var dryRun = false

    @OptionGroup var threads: JobOptions
    @OptionGroup var printing: OutputOptions

    func run() throws {
        var options = PipelineRun.Options(jobs: threads.jobs, progress: printing.progress)
        options.assignments = assignments
        options.from = from
        options.only = only
        options.onNote = { Notes.print($0) }
        let pipeline = try PipelineRun(file, options: options)
        if dryRun { return try printPlan(pipeline) }
        let outcomes = try pipeline.run { outcome in
            guard printing.progress != .quiet else { return }
            let done = outcome.action == .skip ? "done before" : String(format: "%.1f s", outcome.seconds)
            StandardError.write("\(outcome.stage): \(done)\n")
        }
        if printing.json { return try StandardOutput.json(Report(pipeline, outcomes)) }
        try StandardOutput.line(RunCommand.table(pipeline, outcomes))
    }

    private func printPlan(_ pipeline: PipelineRun) throws {
        var table = Table()
        for step in try pipeline.plan() { table.add(step.stage, step.action.rawValue, step.output) }
        try StandardOutput.line(table.text)
    }

    private static func table(_ pipeline: PipelineRun, _ outcomes: [PipelineRun.Outcome]) -> String {
        var table = Table()
        for outcome in outcomes {
            for (index, entry) in (outcome.summary?.entries ?? []).enumerated() {
                let name = entry.name.replacingOccurrences(of: "_", with: " ")
                table.add(index == 0 ? outcome.stage : "", name, entry.value)
            }
        }
        let seconds = outcomes.reduce(0) { $0 + $1.seconds }
        return "\(pipeline.name) -> \(pipeline.output)\n\n\(table.text)\n\n" + String(format: "%.1f seconds", seconds)
    }

    private struct Report: Encodable {
        var name: String
        var output: String
        var version = ProgramVersion.current
        var seconds: Double
        var stages: [String: [String: String]]

        init(_ pipeline: PipelineRun, _ outcomes: [PipelineRun.Outcome]) {
            name = pipeline.name
            output = pipeline.output
            seconds = outcomes.reduce(0) { $0 + $1.seconds }
            stages = [:]
            for outcome in outcomes {
                let values = (outcome.summary?.entries ?? []).map { ($0.name, $0.value) }
                stages[outcome.stage] = Dictionary(values, uniquingKeysWith: { $1 })
            }
        }
    }
}
