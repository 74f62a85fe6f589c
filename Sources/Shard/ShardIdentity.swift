internal import Foundation
internal import GRDB
internal import Storage
internal import Streaming
internal import Tokenize

/// What a set of shards is made from.
///
/// A folder made from something else is never touched.
struct ShardIdentity {
    private let values: [(key: String, value: String)]
    private let partitions: Int

    /// English text has 4.5 bytes to a token, spaces included; a partition then is somewhat smaller than asked for.
    private static let textBytesOfToken = 4

    init(_ configuration: ShardConfiguration, corpus: CorpusReader, tokenizer: WordPieceTokenizer) throws(Failure) {
        let digest = try corpus.digest()
        do {
            values = [
                (ShardMeta.configuration, try ShardCoding.text(configuration)),
                (ShardMeta.corpusDigest, digest),
                (ShardMeta.corpusTextBytes, String(corpus.statistics.textBytes)),
                (ShardMeta.vocabularySize, String(tokenizer.vocabulary.count)),
                (ShardMeta.vocabularyDigest, ShardIdentity.digest(tokenizer.vocabulary)),
                (ShardMeta.tokenizer, try ShardCoding.text(tokenizer.options)),
            ]
        } catch {
            throw Failure(.bug, "the options cannot be written as JSON: \(error)")
        }
        let width = TokenWidth.bytes(vocabularySize: tokenizer.vocabulary.count)
        partitions = ShardIdentity.partitions(
            textBytes: corpus.statistics.textBytes, width: width, partitionBytes: configuration.partitionBytes)
    }

    /// XXH3-128 over the pieces in order, each followed by a zero byte.
    static func digest(_ vocabulary: Vocabulary) -> String {
        let digest = Digest()
        for id in 0..<Int32(vocabulary.count) { digest.update(vocabulary.piece(id)) }
        return digest.value
    }

    /// How many partitions a corpus gets: a function of its size and the options, never of the machine.
    static func partitions(textBytes: Int, width: Int, partitionBytes: Int) -> Int {
        let tokenBytes = textBytes / textBytesOfToken * width
        return max(1, (tokenBytes + partitionBytes - 1) / partitionBytes)
    }

    /// Enters the identity into a new index; compares it with that of an older one.
    func agree(_ database: Database, path: String, toolVersion: String) throws {
        guard try IndexDatabase.meta(database, ShardMeta.state) != nil else {
            for (key, value) in values { try IndexDatabase.setMeta(database, key, value) }
            try IndexDatabase.setMeta(database, ShardMeta.toolVersion, toolVersion)
            try IndexDatabase.setMeta(database, ShardMeta.partitions, String(partitions))
            try IndexDatabase.setMeta(database, ShardMeta.scatter, ShardCoding.text(ScatterState()))
            try ShardIndex.makePartitions(database, count: partitions)
            try IndexDatabase.setMeta(database, ShardMeta.state, "scatter")
            return
        }
        for (key, value) in values {
            let earlier = try ShardIndex.meta(database, key, path: path)
            guard earlier != value else { continue }
            throw Failure(
                .cannotCreate, "these shards were made \(ShardIdentity.difference(key, earlier, value))", at: path,
                remedy: "give the same input and options, or another --output")
        }
    }

    /// Says what differs, as in `with other options (sequence_length 128, not 64)`.
    private static func difference(_ key: String, _ earlier: String, _ now: String) -> String {
        switch key {
        case ShardMeta.corpusDigest, ShardMeta.corpusTextBytes: return "from another corpus, or the corpus has changed"
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
        func told(_ value: (any Sendable)?) -> String { value.map { "\($0)" } ?? "the default" }
        let keys = Set(old.keys).union(new.keys).sorted().filter { told(old[$0]) != told(new[$0]) }
        return keys.map { "\($0) \(told(old[$0])), not \(told(new[$0]))" }.joined(separator: ", ")
    }
}
