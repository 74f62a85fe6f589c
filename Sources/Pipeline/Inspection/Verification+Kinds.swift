internal import Model
internal import Shard
internal import Storage
public import Streaming
internal import Tokenize
internal import Training

extension Verification {
    /// Checks what lies at `path`.
    public static func failures(
        of path: String, _ kind: ArtifactKind, jobs: Int, progress: ProgressMeter.Style
    ) throws -> [Failure] {
        switch kind {
        case .corpus: return try corpus(path, progress: progress)
        case .shards: return try ShardVerifier(path, jobs: jobs, progress: progress).problems()
        case .vocabulary: return collect { () throws(Failure) in _ = try Vocabulary(contentsOf: path) }
        case .model: return collect { () throws(Failure) in try model(path) }
        case .run: return try run(path)
        case .pipeline: return try pipeline(path, jobs: jobs, progress: progress)
        }
    }

    private static func collect(_ check: () throws(Failure) -> Void) -> [Failure] {
        do {
            try check()
            return []
        } catch {
            return [error]
        }
    }

    /// Every tensor must be there with the shape that config.json asks for.
    private static func model(_ path: String) throws(Failure) {
        let shape = try BertConfiguration(contentsOf: path)
        let model = try BertModel(configuration: shape, head: .none, threads: 1)
        let missing = try model.loadPretrained(path)
        // A model without a task on whole sequences has no pooler.
        guard let name = missing.first(where: { !$0.hasPrefix("bert.pooler.") }) else { return }
        throw Failure(.badData, "has no tensor \(name)", at: path + "/model.safetensors", remedy: "restore the file")
    }

    private static func run(_ path: String) throws(Failure) -> [Failure] {
        var failures = collect { () throws(Failure) in _ = try MetricSeries.read(path + "/metrics.jsonl") }
        let folder = path + "/checkpoints"
        guard Files.isDirectory(folder) else { return failures }
        for step in try Checkpoint.steps(in: folder) {
            failures += collect { () throws(Failure) in
                let checkpoint = try Checkpoint("\(folder)/step-\(step)")
                try model(checkpoint.path)
            }
        }
        return failures
    }

    private static func pipeline(_ path: String, jobs: Int, progress: ProgressMeter.Style) throws -> [Failure] {
        var failures: [Failure] = []
        for name in ["corpus", "vocab", "shards", "pretrain"] where Files.isDirectory(path + "/" + name) {
            let part = path + "/" + name
            failures += try Verification.failures(of: part, ArtifactKind(at: part), jobs: jobs, progress: progress)
        }
        return failures
    }
}
