internal import Foundation
internal import Model
internal import Storage
public import Streaming
internal import Training

extension Inspection {
    /// Looks at what lies at `path`.
    public init(
        of path: String, _ kind: ArtifactKind, _ options: InspectionOptions = InspectionOptions()
    ) throws(Failure) {
        switch kind {
        case .corpus: self = try .corpus(path)
        case .shards: self = try .shards(path, options)
        case .vocabulary: self = try .vocabulary(path)
        case .model: self = try .model(path)
        case .run: self = try .run(path)
        case .pipeline: self = try .pipeline(path)
        }
    }

    private static func vocabulary(_ path: String) throws(Failure) -> Inspection {
        var inspection = Inspection()
        try VocabularyInspection(path).add(to: &inspection)
        return inspection
    }

    /// Adds how a vocabulary cuts the words of a text, beside another one.
    /// - Parameters:
    ///   - path: the vocabulary.
    ///   - text: a corpus, a text file or a folder of them.
    ///   - other: another vocabulary, nil for none.
    public mutating func addFertility(of path: String, text: String, against other: String?, jobs: Int) throws {
        try VocabularyInspection.addFertility(path, text: text, against: other, jobs: jobs, to: &self)
    }

    private static func model(_ path: String) throws(Failure) -> Inspection {
        let shape = try BertConfiguration(contentsOf: path)
        let file = try SafeTensorsFile(path + "/model.safetensors")
        let count = file.tensors.values.reduce(0) { $0 + $1.count }
        var inspection = Inspection()
        inspection.add(
            "model",
            [
                ("layers", "\(shape.layers)"), ("hidden_size", "\(shape.hiddenSize)"), ("heads", "\(shape.heads)"),
                ("intermediate_size", "\(shape.intermediateSize)"), ("vocabulary_size", "\(shape.vocabularySize)"),
                ("max_positions", "\(shape.maxPositionEmbeddings)"), ("tensors", "\(file.tensors.count)"),
                ("numbers", "\(count)"), ("architectures", shape.architectures.joined(separator: " ")),
            ])
        return inspection
    }

    private static func run(_ path: String) throws(Failure) -> Inspection {
        var inspection = Inspection()
        let series = try MetricSeries.read(path + "/metrics.jsonl")
        let last = series.flatMap { $0.points.map(\.step) }.max() ?? 0
        let checkpoints =
            Files.isDirectory(path + "/checkpoints") ? try Checkpoint.steps(in: path + "/checkpoints") : []
        inspection.add(
            "run",
            [
                ("last_step", String(format: "%.0f", last)),
                ("checkpoints", checkpoints.map(String.init).joined(separator: " ")),
                ("finished", "\(Files.exists(path + "/summary.json"))"),
            ])
        inspection.add("last_values", series.map { ($0.name, "\($0.points.last!.value)") })
        return inspection
    }

    private static func pipeline(_ path: String) throws(Failure) -> Inspection {
        let state = try PipelineState.load(path + "/pipeline.json")
        var inspection = Inspection()
        inspection.add(
            "pipeline", Recipe.stageNames.map { ($0, state.stages[$0].map { $0.isDone ? "done" : "open" } ?? "-") })
        for name in Recipe.stageNames {
            let entries = state.stages[name]?.summary?.entries ?? []
            inspection.add(name, entries.map { ($0.name, $0.value) })
        }
        return inspection
    }

}
