internal import Foundation
internal import Storage
internal import Streaming

/// A stage ready to run: where it writes, what shapes its output, and the work.
struct RecipeStage {
    let name: String
    let output: String
    /// Equal for equal options and inputs; includes the fingerprints of the stages it reads.
    let fingerprint: String
    let execute: () throws -> StageSummary
}

/// A pipeline file, read and checked: its stages in order.
///
/// Input paths in the file are relative to the file's own folder when they exist there, else to the current folder;
/// `output` is relative to the current folder.
struct Recipe {
    let name: String
    let output: String
    let stages: [RecipeStage]

    static let stageNames = ["ingest", "vocab", "shard", "pretrain", "finetune"]

    init(
        _ path: String, assignments: [String], jobs: Int, progress: ProgressMeter.Style,
        onNote: @escaping @Sendable (String) -> Void
    ) throws(Failure) {
        let bytes = try Files.read(path)
        var tree = try OptionTree.parse(String(decoding: bytes, as: UTF8.self), at: path)
        for assignment in assignments { try tree.set(assignment) }
        guard case .map(var entries) = tree else {
            throw Failure(.badData, "is not a list of stages", at: path, remedy: "see pipelines/ for examples")
        }
        let fileName = path.split(separator: "/").last ?? "pipeline"
        let fallback = String(fileName.split(separator: ".").first ?? fileName)
        var head = try StageOptions(
            .map(entries.filter { !Recipe.stageNames.contains($0.key) }), stage: "pipeline", place: path)
        name = try head.text("name") ?? fallback
        output = try head.text("output") ?? "runs/\(name)"
        var jobs = jobs
        try head.read("jobs", into: &jobs)
        guard (1...1024).contains(jobs) else {
            throw Failure(.badData, "jobs is not a number from 1 to 1024", at: path, remedy: "mend it there")
        }
        try head.finish()
        entries = entries.filter { Recipe.stageNames.contains($0.key) }
        let folder = Files.parent(of: path)
        var builder = RecipeBuilder(
            place: path, folder: folder.isEmpty ? "." : folder, output: output, jobs: jobs, progress: progress,
            onNote: onNote)
        for stage in Recipe.stageNames where entries[stage] != nil { try builder.add(stage, entries[stage]!) }
        stages = builder.stages
        guard !stages.isEmpty else {
            throw Failure(
                .badData, "has no stage", at: path,
                remedy: "give at least one of " + Recipe.stageNames.joined(separator: ", "))
        }
    }
}
