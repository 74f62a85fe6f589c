import Foundation
import Shard
import Storage
import Streaming
import TestSupport
import Tokenize

/// Shards of a made-up language in which every document keeps to the five words of its topic, and a configuration small enough to learn it.
struct ToyShards {
    let folder = TemporaryDirectory()
    static let words = (0..<40).map { "w\(UnicodeScalar(UInt8(97 + $0 / 26)))\(UnicodeScalar(UInt8(97 + $0 % 26)))" }

    var path: String { folder.file("shards") }
    var model: String { folder.file("config.json") }

    init(documents: Int = 60, objective: ShardObjective = .nsp) throws {
        let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "."] + ToyShards.words
        let vocabulary = try folder.write(pieces.map { $0 + "\n" }.joined(), to: "vocab.txt")
        try folder.write(
            """
            {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
             "max_position_embeddings": 64, "initializer_range": 0.1, "vocab_size": \(pieces.count), "model_type": "bert"}
            """, to: "config.json")
        try writeCorpus(documents)
        var configuration = ShardConfiguration()
        configuration.sequenceLength = 48
        configuration.validationFraction = 0.15
        configuration.objective = objective
        configuration.duplicateFactor = 2
        _ = try ShardRun(
            corpus: folder.file("corpus"), vocabulary: vocabulary, output: path, configuration: configuration, jobs: 1,
            progress: .quiet
        ).run()
    }

    private func writeCorpus(_ documents: Int) throws {
        let writer = try CorpusWriter(folder.file("corpus"), configuration: "{}", toolVersion: "test")
        let source = try writer.source(uri: "made-up", kind: "text", bytes: 1, digest: "toy", licence: "")
        try writer.beginChunk(of: source)
        var draws = Philox(seed: 7, purpose: Philox.purpose("toy corpus"))
        for number in 0..<documents {
            var sentences: [String] = []
            for _ in 0..<6 + draws.below(6) {
                let words = (0..<6 + draws.below(5)).map { _ in ToyShards.words[number % 8 * 5 + draws.below(5)] }
                sentences.append(words.joined(separator: " ") + " .")
            }
            let text = Array(sentences.joined(separator: "\n").utf8)
            _ = try writer.append(CorpusDocument(externalID: "\(number)", text: text))
        }
        _ = try writer.commitChunk(items: documents, rawBytes: 1, isLast: true)
    }
}
