internal import Foundation
internal import Storage
public import Streaming

/// Runs a recipe: each stage in turn, skipping what is done and resuming what is not.
public struct PipelineRun {
    /// How to run, beside what the YAML file says.
    public struct Options: Sendable {
        /// `a.b=c` assignments over the file.
        public var assignments: [String] = []
        /// Rebuild this stage and all after it.
        public var from: String?
        /// Run this stage alone.
        public var only: String?
        /// Worker threads of the stages that have them.
        public var jobs: Int
        /// How progress is told.
        public var progress: ProgressMeter.Style
        /// Told what a user should know, such as a damaged checkpoint that is passed over.
        public var onNote: @Sendable (String) -> Void = { _ in }

        /// Defaults: all stages, nothing set.
        public init(jobs: Int, progress: ProgressMeter.Style) {
            self.jobs = jobs
            self.progress = progress
        }
    }

    /// What would happen, or happened, to a stage.
    public enum Action: String, Sendable, Codable {
        case skip, run, resume, rebuild
    }

    /// A stage with its outcome.
    public struct Outcome: Sendable, Codable {
        /// The stage's name.
        public var stage: String
        /// What was done with it.
        public var action: Action
        /// The folder it writes.
        public var output: String
        /// Its results, of now or of an earlier run.
        public var summary: StageSummary?
        /// Seconds spent now, 0 when skipped.
        public var seconds: Double
    }

    private let recipe: Recipe
    private let options: Options
    private var statePath: String { recipe.output + "/pipeline.json" }

    /// Reads and checks the whole file before anything runs.
    public init(_ path: String, options: Options) throws(Failure) {
        recipe = try Recipe(
            path, assignments: options.assignments, jobs: options.jobs, progress: options.progress,
            onNote: options.onNote)
        self.options = options
        if let from = options.from, let only = options.only, from != only {
            throw Failure(.usage, "--only \(only) leaves out --from \(from)", remedy: "give one of the two")
        }
        for name in [options.from, options.only].compactMap({ $0 })
        where !recipe.stages.contains(where: { $0.name == name }) {
            throw Failure(
                .usage, "there is no stage '\(name)'", at: path,
                remedy: "the stages are: " + recipe.stages.map(\.name).joined(separator: ", "))
        }
    }

    /// The recipe's name.
    public var name: String { recipe.name }
    /// The folder that holds all outputs.
    public var output: String { recipe.output }

    /// What a run would do, without doing it.
    public func plan() throws(Failure) -> [(stage: String, action: Action, output: String)] {
        let state = try PipelineState.load(statePath)
        var rebuilding = false
        var plan: [(stage: String, action: Action, output: String)] = []
        for stage in recipe.stages where options.only == nil || options.only == stage.name {
            rebuilding = rebuilding || options.from == stage.name
            let action = try rebuilding ? .rebuild : action(stage, state)
            plan.append((stage.name, action, stage.output))
        }
        return plan
    }

    private func action(_ stage: RecipeStage, _ state: PipelineState) throws(Failure) -> Action {
        guard let earlier = state.stages[stage.name] else { return .run }
        guard earlier.fingerprint == stage.fingerprint else {
            throw Failure(
                .cannotCreate, "stage '\(stage.name)' was built with other options or inputs", at: stage.output,
                remedy: "add --from \(stage.name) to build it and all after it anew, or set another output")
        }
        guard earlier.isDone, Files.exists(stage.output) else { return .resume }
        return .skip
    }

    /// Runs the recipe; `report` hears of each stage when it is over.
    public func run(report: (Outcome) -> Void = { _ in }) throws -> [Outcome] {
        let plan = try plan()
        try Files.createDirectory(recipe.output)
        let lock = try DirectoryLock(recipe.output)
        defer { withExtendedLifetime(lock) {} }
        try Files.removePartials(in: recipe.output)
        var state = try PipelineState.load(statePath)
        try forget(plan.filter { $0.action == .rebuild }.map(\.stage), &state)
        var outcomes: [Outcome] = []
        for (stage, planned) in zip(recipe.stages.filter { stage in plan.contains { $0.stage == stage.name } }, plan) {
            let outcome = try run(stage, planned.action, &state)
            outcomes.append(outcome)
            report(outcome)
        }
        return outcomes
    }

    private func run(_ stage: RecipeStage, _ action: Action, _ state: inout PipelineState) throws -> Outcome {
        if action == .skip {
            return Outcome(
                stage: stage.name, action: .skip, output: stage.output, summary: state.stages[stage.name]?.summary,
                seconds: 0)
        }
        try Cancellation.check()
        let began = DispatchTime.now().uptimeNanoseconds
        state.stages[stage.name] = PipelineState.Stage(fingerprint: stage.fingerprint, isDone: false, summary: nil)
        try state.save(statePath)
        let summary = try stage.execute()
        state.stages[stage.name] = PipelineState.Stage(fingerprint: stage.fingerprint, isDone: true, summary: summary)
        try state.save(statePath)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9
        return Outcome(stage: stage.name, action: action, output: stage.output, summary: summary, seconds: seconds)
    }

    /// Removes what stages built that are to be built anew; only folders this pipeline made are touched.
    private func forget(_ stages: [String], _ state: inout PipelineState) throws(Failure) {
        for stage in recipe.stages.reversed() where stages.contains(stage.name) {
            guard state.stages.removeValue(forKey: stage.name) != nil else { continue }
            // Out of the way in one step, so that a kill never leaves half of an output to be taken for whole.
            let partial = stage.output + ".partial"
            if Files.exists(stage.output) { try Files.rename(stage.output, to: partial) }
            try state.save(statePath)
            try Files.remove(partial)
        }
    }
}
