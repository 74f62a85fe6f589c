internal import Foundation
internal import Model
internal import Shard
internal import Storage
public import Streaming
internal import Training

extension Inspection {
    /// Looks at what lies at `path`.
    /// - Parameter examples: instances of shards to decode.
    public init(of path: String, _ kind: ArtifactKind, examples: Int = 0) throws(Failure) {
        switch kind {
        case .corpus: self = try .corpus(path)
        case .shards: self = try .shards(path, examples: examples)
        case .vocabulary: self = try .vocabulary(path)
        case .model: self = try .model(path)
        case .run: self = try .run(path)
        case .pipeline: self = try .pipeline(path)
        }
    }

    private static func shards(_ path: String, examples: Int) throws(Failure) -> Inspection {
        let reader = try ShardReader(path)
        let found = ShardInspection(reader)
        let information = found.information
        var inspection = Inspection()
        inspection.add(
            "shards",
            [
                ("instances", "\(information.trainInstances + information.validationInstances)"),
                ("tokens", "\(information.tokens)"), ("bytes", "\(information.bytes)"),
                ("bytes_per_token", number(Double(information.bytes) / Double(max(1, information.tokens)))),
                ("partitions", "\(information.partitions)"), ("documents", "\(information.documents)"),
                ("sentences", "\(information.sentences)"), ("vocabulary_size", "\(information.vocabularySize)"),
                ("sequence_length", "\(information.sequenceLength)"), ("objective", information.objective.rawValue),
                ("masking", information.masking.rawValue), ("seed", "\(information.seed)"),
                ("digest", information.digest),
            ])
        for (name, split) in [("train", found.train), ("validation", found.validation)] {
            inspection.add(
                name,
                [
                    ("instances", "\(split.instances)"), ("tokens", "\(split.tokens)"),
                    ("fill_percent", number(split.fillPercent)),
                    ("random_next_percent", number(split.randomNextPercent)),
                    ("short_percent", number(split.shortPercent)),
                    ("lengths", split.lengths.map(String.init).joined(separator: " ")),
                ])
        }
        let decoded = try ShardInspection.examples(reader, .train, count: examples)
        inspection.add("examples", decoded.enumerated().map { ("\($0.offset)", $0.element) })
        return inspection
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

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}
