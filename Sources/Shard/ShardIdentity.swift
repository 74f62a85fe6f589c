internal import Foundation
internal import GRDB
internal import Storage
internal import Streaming
internal import Tokenize

/// What a set of shards is made from.
///
/// A folder made from something else is never touched; documents that were added to its corpora since, and corpora
/// added after those it has, are added to it.
struct ShardIdentity {
    private let values: [(key: String, value: String)]
    private let weights: [Double]
    let corpora: [CorpusReader]
    private let path: String

    init(
        _ configuration: ShardConfiguration, corpora: [CorpusReader], tokenizer: WordPieceTokenizer, path: String
    ) throws(Failure) {
        var plain = configuration
        // They belong to corpora, which can be added.
        plain.weights = []
        do {
            values = [
                (ShardMeta.configuration, try ShardCoding.text(plain)),
                (ShardMeta.vocabularySize, String(tokenizer.vocabulary.count)),
                (ShardMeta.vocabularyDigest, ShardIdentity.digest(tokenizer.vocabulary)),
                (ShardMeta.tokenizer, try ShardCoding.text(tokenizer.options)),
            ]
        } catch {
            throw Failure(.bug, "the options cannot be written as JSON: \(error)")
        }
        self.corpora = corpora
        self.path = path
        weights = corpora.indices.map { configuration.weight(ofCorpus: $0) }
    }

    /// XXH3-128 over the pieces in order, each followed by a zero byte.
    static func digest(_ vocabulary: Vocabulary) -> String {
        let digest = Digest()
        for id in 0..<Int32(vocabulary.count) { digest.update(vocabulary.piece(id)) }
        return digest.value
    }

    /// Enters the identity into a new index; compares it with that of an older one.
    func agree(_ database: Database, toolVersion: String) throws {
        if try IndexDatabase.meta(database, ShardMeta.state) == nil {
            for (key, value) in values { try IndexDatabase.setMeta(database, key, value) }
            try IndexDatabase.setMeta(database, ShardMeta.toolVersion, toolVersion)
            try IndexDatabase.setMeta(database, ShardMeta.state, "building")
        }
        for (key, value) in values {
            let earlier = try ShardIndex.meta(database, key, path: path)
            if earlier != value { throw refusal(ShardIdentity.difference(key, earlier, value)) }
        }
        try agreeOnCorpora(database)
    }

    private func agreeOnCorpora(_ database: Database) throws {
        let known = try GenerationIndex.corpora(database, path: path)
        guard known.count <= corpora.count else {
            throw refusal("from \(known.count) corpora, the last of them \(known[known.count - 1].path)")
        }
        for (number, corpus) in known.enumerated() where corpus.weight != weights[number] {
            throw refusal("with weight \(corpus.weight) of \(corpus.path), not \(weights[number])")
        }
        for generation in try GenerationIndex.all(database, path: path) {
            for part in generation.coverage { try compare(part) }
        }
        for number in known.count..<corpora.count {
            try database.execute(
                sql: "INSERT INTO corpus VALUES (?,?,?)",
                arguments: [number, corpora[number].directory, weights[number]])
        }
    }

    /// A corpus must still begin with the documents that were made into shards; some may have been taken out of it.
    private func compare(_ part: Generation.Coverage) throws {
        guard corpora.indices.contains(part.corpus) else { throw refusal("from more corpora") }
        let corpus = corpora[part.corpus]
        let digests = try corpus.digests(of: part.documents)
        if digests.texts == part.digest { return }
        let wereRemoved = try !corpus.removedDocuments().isEmpty
        guard wereRemoved, digests.names == part.namesDigest else {
            throw refusal("from another corpus, or \(corpus.directory) has changed other than by new documents")
        }
    }

    private func refusal(_ what: String) -> Failure {
        Failure(
            .cannotCreate, "these shards were made \(what)", at: path,
            remedy: "give the same input and options, or another --output")
    }

    /// Says what differs, as in `with other options (sequence_length 128, not 64)`.
    private static func difference(_ key: String, _ earlier: String, _ now: String) -> String {
        switch key {
        case ShardMeta.vocabularySize, ShardMeta.vocabularyDigest: return "with another vocabulary"
        case ShardMeta.tokenizer: return "with other tokenizer options (\(earlier))"
        default: return "with other options (\(differences(earlier, now)))"
        }
    }

    private static func differences(_ earlier: String, _ now: String) -> String {
        func parsed(_ text: String) -> [String: any Sendable] {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: any Sendable] ?? [:]
        }
        let (old, new) = (parsed(earlier), parsed(now))
        func told(_ value: (any Sendable)?) -> String {
            if let list = value as? [any Sendable] { return list.map { "\($0)" }.joined(separator: ",") }
            return value.map { "\($0)" } ?? "the default"
        }
        let keys = Set(old.keys).union(new.keys).sorted().filter { told(old[$0]) != told(new[$0]) }
        return keys.map { "\($0) \(told(old[$0])), not \(told(new[$0]))" }.joined(separator: ", ")
    }
}
