internal import Storage
public import Streaming

/// What lies at a path, judged by the files in it.
public enum ArtifactKind: String, Sendable, CaseIterable {
    case corpus, shards, vocabulary, model, run, pipeline

    /// Looks at `path`; a failure when it is nothing of ours.
    public init(at path: String) throws(Failure) {
        guard Files.exists(path) else {
            throw Failure(.noInput, "not found", at: path, remedy: "check the path")
        }
        func has(_ name: String) -> Bool { Files.exists(path + "/" + name) }
        if has("corpus.sqlite") {
            self = .corpus
        } else if has("shards.sqlite") {
            self = .shards
        } else if has("pipeline.json") {
            self = .pipeline
        } else if has("model.safetensors") {
            self = .model
        } else if has("checkpoints") || has("metrics.jsonl") {
            self = .run
        } else if has("vocab.txt") || path.hasSuffix(".txt") {
            self = .vocabulary
        } else {
            throw Failure(
                .badData, "is no corpus, shards, vocabulary, model, run or pipeline output", at: path,
                remedy: "name a folder that tessera made")
        }
    }
}

/// What a look at something finds: titled lists of names and values, for people and as JSON.
public struct Inspection: Sendable {
    /// A list under a title.
    public struct Section: Sendable {
        public var title: String
        public var entries: [(name: String, value: String)]
    }

    public var sections: [Section] = []

    mutating func add(_ title: String, _ entries: [(String, String)]) {
        guard !entries.isEmpty else { return }
        sections.append(Section(title: title, entries: entries.map { (name: $0.0, value: $0.1) }))
    }
}
