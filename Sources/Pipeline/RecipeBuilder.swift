internal import Finetune
internal import Foundation
internal import Ingest
internal import Pretrain
internal import Shard
internal import Storage
internal import Streaming
internal import Tokenize

/// Turns the stages of a pipeline file into work, each with a fingerprint over its options and what it reads.
struct RecipeBuilder {
    let place: String
    let folder: String
    let output: String
    let jobs: Int
    let progress: ProgressMeter.Style
    let onNote: @Sendable (String) -> Void
    private(set) var stages: [RecipeStage] = []
    /// Whether the recipe makes a corpus of its own.
    var hasIngest: Bool { stages.contains { $0.name == "ingest" } }

    var corpus: String { output + "/corpus" }
    var vocabulary: String { output + "/vocab" }
    var shards: String { output + "/shards" }
    var run: String { output + "/pretrain" }

    init(
        place: String, folder: String, output: String, jobs: Int, progress: ProgressMeter.Style,
        onNote: @escaping @Sendable (String) -> Void
    ) {
        self.place = place
        self.folder = folder
        self.output = output
        self.jobs = jobs
        self.progress = progress
        self.onNote = onNote
    }

    mutating func add(_ stage: String, _ tree: OptionTree) throws(Failure) {
        var options = try StageOptions(tree, stage: stage, place: place)
        let work: (() throws -> StageSummary)?
        switch stage {
        case "ingest": work = try ingest(&options)
        case "vocab": work = try vocab(&options)
        case "shard": work = try shard(&options)
        case "pretrain": work = try pretrain(&options)
        default: work = try finetune(&options)
        }
        try options.finish()
        guard let work else { return }
        let folders = [
            "ingest": corpus, "vocab": vocabulary, "shard": shards, "pretrain": run, "finetune": output + "/finetune",
        ]
        let fingerprint = try fingerprint(stage, tree)
        stages.append(RecipeStage(name: stage, output: folders[stage]!, fingerprint: fingerprint, execute: work))
    }

    /// Options that shape how a stage runs, not what it makes.
    private static let free: Set<String> = ["threads", "checkpoint-every", "keep-checkpoints"]

    /// Options that shape the output, what the files they name hold, and the stage before.
    private func fingerprint(_ stage: String, _ tree: OptionTree) throws(Failure) -> String {
        let digest = Digest()
        digest.update(stage)
        if case .map(let entries) = tree {
            let shaping = entries.filter {
                !RecipeBuilder.free.contains($0.key.split(separator: "_").joined(separator: "-"))
            }
            digest.update(OptionTree.map(shaping).canonical)
            for name in ["sources", "data", "vocab", "init", "model", "extend", "terms"] {
                for path in paths(shaping[name]) {
                    digest.update(try InputFingerprint.of(SourcePattern.root(of: resolve(path))))
                }
            }
            for path in paths(shaping["corpora"]) { digest.update(try CorpusReader(resolve(path)).digest()) }
        }
        digest.update(stages.last?.fingerprint ?? "")
        return digest.value
    }

    private func paths(_ tree: OptionTree?) -> [String] {
        switch tree {
        case .scalar(let path): [path]
        case .list(let items): items.flatMap { paths($0) }
        default: []
        }
    }

    /// An input path: beside the pipeline file if it is there, else from the current folder.
    func resolve(_ path: String) -> String {
        let beside = folder + "/" + path
        return !path.hasPrefix("/") && Files.exists(SourcePattern.root(of: beside)) ? beside : path
    }
}
