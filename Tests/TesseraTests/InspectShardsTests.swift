import Foundation
import TestSupport
import Testing

/// `tessera inspect shards/` as people and programs read it.
@Suite struct InspectShardsTests {
    @Test func `figures are numbers, names stay text, examples name their pages`() throws {
        let folder = TemporaryDirectory()
        // A title and an id that look like numbers, and a word that no piece gives.
        let notes = (0..<300).map { number in
            let sentences = (0..<12).map { "Gull \($0 * number) sat on boat \(number % 17) near pier \($0)." }
            let text = (sentences + ["Ωμέγα."]).joined(separator: " ")
            return #"{"id": "00\#(number)", "title": "1984", "text": "\#(text)"}"#
        }
        try folder.write(notes.joined(separator: "\n"), to: "someNotes.jsonl")
        func run(_ arguments: [String]) throws -> String {
            let outcome = try Binary.run(arguments + ["--quiet"], in: folder.path)
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
            return outcome.output
        }
        _ = try run(["ingest", "someNotes.jsonl", "--output", "corpus"])
        try folder.write(
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngull\nsat\non\nboat\nnear\npier\n.\n"
                + (0...9).map { "\($0)\n##\($0)\n" }.joined(), to: "vocab.txt")
        _ = try run(["shard", "corpus", "--vocab", "vocab.txt", "--output", "shards", "--sequence-length", "64,32"])
        let text = try run(["inspect", "shards", "--examples", "2", "--json", "--sequence-length", "32"])
        let found = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(found["kind"] as? String == "shards" && found["sequence_length"] as? Int == 32)
        #expect(found["sequence_lengths"] as? [Int] == [64, 32] && found["generations"] as? Int == 1)
        let train = try #require(found["train"] as? [String: Any])
        #expect((train["lengths"] as? [Int])?.count == 16)
        #expect((train["lengths"] as? [Int])?.reduce(0, +) == train["instances"] as? Int)
        let sample = try #require(found["sample"] as? [String: Any])
        #expect(abs((sample["masked_percent"] as? Double ?? 0) - 80) < 4)
        #expect(sample["documents"] as? Int == 300 && sample["unknown_documents"] as? Int == 300)
        let unknown = try #require(found["unknown_words"] as? [String: Any])
        #expect(unknown["Ωμέγα"] as? Int == 300)
        let source = try #require((found["sources"] as? [String: [String: Any]])?["someNotes.jsonl"])
        #expect(source["documents"] as? Int == 300 && source["tokens"] as? Int == sample["tokens"] as? Int)
        let example = try #require(found["example_1"] as? [String: Any])
        #expect((example["a_external_id"] as? String)?.hasPrefix("00") == true)
        #expect(example["a_title"] as? String == "1984" && example["b_found"] as? String == "yes")
        #expect(try run(["inspect", "shards"]).contains("unknown_words"))
        try FileManager.default.removeItem(atPath: folder.file("corpus"))
        #expect(try run(["inspect", "shards", "--examples", "1"]).contains("--corpus"))
        #expect(try Binary.run(["inspect", "shards", "--corpus", "nowhere"], in: folder.path).status == 66)
        #expect(try Binary.run(["inspect", "shards", "--sequence-length", "48"], in: folder.path).status == 64)
    }
}
