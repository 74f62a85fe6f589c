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
        let names = Files.isDirectory(path) ? try Files.names(in: path) : []
        if has("corpus.sqlite") {
            self = .corpus
        } else if has("shards.sqlite") || names.contains(where: { $0.hasPrefix("part-") && $0.hasSuffix(".zst") }) {
            // Shards that have lost their index are no vocabulary, though one lies beside them.
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
        /// What the list is about.
        public var title: String
        /// Names in snake_case, and values.
        public var entries: [(name: String, value: Value)]
    }

    /// The lists, the most important first.
    public var sections: [Section] = []

    /// Adds a list of printed values; a digest can look like a number, and stays text.
    mutating func add(_ title: String, _ entries: [(String, String)]) {
        add(title, values: entries.map { ($0, $0 == "digest" ? .text($1) : Value(printed: $1)) })
    }

    mutating func add(_ title: String, values: [(String, Value)]) {
        guard !values.isEmpty else { return }
        sections.append(Section(title: title, entries: values.map { (name: $0.0, value: $0.1) }))
    }
}
