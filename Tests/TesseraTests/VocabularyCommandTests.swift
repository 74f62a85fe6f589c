import Foundation
import TestSupport
import Testing

@Suite struct VocabularyCommandTests {
    let folder = TemporaryDirectory()

    /// Made-up words by Zipf's law, as many different ones as wanted.
    func text(words: Int, tokens: Int) -> String {
        var state: UInt64 = 88_172_645_463_325_252
        var lines: [String] = []
        for _ in 0..<tokens / 10 {
            let line = (0..<10).map { _ -> String in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let drawn = Int(pow(Double(words), Double(state >> 11) / Double(1 << 53)))
                return String(drawn * 7_919 % 1_000_003, radix: 36) + "wörter".prefix(drawn % 6)
            }
            lines.append(line.joined(separator: " "))
        }
        return lines.joined(separator: "\n")
    }

    func run(_ arguments: [String]) throws -> Binary.Outcome {
        try Binary.run(["vocab"] + arguments + ["--quiet"], in: folder.path)
    }

    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder.file(name)) }

    @Test func `text files and a corpus of them give the same pieces, with any number of jobs and any memory`() throws {
        try FileManager.default.createDirectory(atPath: folder.file("texts"), withIntermediateDirectories: true)
        let text = text(words: 20_000, tokens: 60_000)
        let half = text.index(text.startIndex, offsetBy: text.count / 2)
        let cut = text[half...].firstIndex(of: "\n") ?? half
        try folder.write(String(text[..<cut]), to: "texts/a.txt")
        try folder.write(String(text[cut...]), to: "texts/b.txt")
        try folder.write("not text", to: "texts/c.dat")
        #expect(
            try Binary.run(["ingest", "texts/a.txt", "texts/b.txt", "--output", "corpus", "--quiet"], in: folder.path)
                .status == 0)
        let runs: [([String], String)] = [
            (["texts", "--jobs", "1"], "v1"), (["texts", "--jobs", "4", "--memory", "90MiB"], "v2"),
            (["texts/a.txt", "texts/b.txt", "--jobs", "2", "--memory", "64MiB"], "v3"), (["corpus"], "v4"),
        ]
        for (arguments, output) in runs {
            let outcome = try run(arguments + ["--size", "1500", "--output", output + "/"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(bytes(output + "/vocab.txt") == bytes("v1/vocab.txt"), "\(output)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("v3")).sorted()
        #expect(
            files == [
                "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.txt.json",
            ])
        #expect(bytes("v1/vocab.txt")?.split(separator: 10).count == 1_500)
    }

    @Test func `each algorithm, a base vocabulary and terms work from the command line`() throws {
        try folder.write(text(words: 3_000, tokens: 20_000), to: "notes.txt")
        try folder.write("Myocardial infarction\nbeta-blocker\n", to: "terms.txt")
        for algorithm in ["frequency", "likelihood", "topdown"] {
            let outcome = try run(
                ["notes.txt", "--size", "600", "--algorithm", algorithm, "--output", "\(algorithm).txt", "--json"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("\"pieces\""))
        }
        #expect(bytes("frequency.txt") != bytes("likelihood.txt"))
        #expect(try run(["notes.txt", "--size", "600", "--unused", "20", "--output", "base.txt"]).status == 0)
        let outcome = try run([
            "notes.txt", "--extend", "base.txt", "--terms", "terms.txt", "--size", "610", "--output", "more.txt",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let base = String(decoding: try #require(bytes("base.txt")), as: UTF8.self).split(separator: "\n")
        let more = String(decoding: try #require(bytes("more.txt")), as: UTF8.self).split(separator: "\n")
        #expect(more.count == 610 && more[21...] == base[21...] + more[600...])
        #expect(!more.contains { $0.hasPrefix("[unused") })
        for term in ["myocardial", "infarction", "beta", "blocker"] { #expect(more.contains { $0 == term }) }
    }

    @Test func `an equal run has nothing to do, another one is refused`() throws {
        try folder.write("one two two three three three", to: "a.txt")
        #expect(try run(["a.txt", "--size", "60", "--output", "v.txt"]).status == 0)
        #expect(
            try run(["a.txt", "--size", "60", "--output", "v.txt", "--memory", "100MiB", "--jobs", "1"]).status == 0)
        #expect(try run(["a.txt", "--size", "61", "--output", "v.txt"]).status == 73)
        #expect(try run(["a.txt", "--size", "61", "--output", "v.txt", "--overwrite"]).status == 0)
    }

    @Test func `what cannot be is a failure with a remedy`() throws {
        try folder.write("one two two", to: "a.txt")
        try Data([0x1F, 0x8B, 8, 0, 0]).write(to: URL(filePath: folder.file("b.txt")))
        let cases: [([String], Int32, String)] = [
            (["a.txt", "--memory", "1MiB"], 64, "--memory"), (["a.txt", "--memory", "much"], 64, "memory"),
            (["nowhere.txt"], 66, "nowhere.txt"), (["b.txt"], 65, "compressed"),
            (["a.txt", "--extend", "nowhere.txt"], 66, "nowhere.txt"),
            (["a.txt", "--terms", "nowhere.txt"], 66, "nowhere"),
            (["a.txt", "--algorithm", "magic"], 64, "magic"), (["a.txt", "--size", "8"], 64, "cannot hold"),
            ([], 64, "corpus"),
        ]
        for (arguments, status, says) in cases {
            let outcome = try run(arguments + ["--output", "out.txt"])
            #expect(outcome.status == status && outcome.errors.contains(says), "\(arguments): \(outcome)")
            #expect(bytes("out.txt") == nil)
        }
    }

    @Test func `killed while it counts and spills, the same command gives the same bytes and leaves nothing`() throws {
        // 400,000 different words take more than the 16 MiB that are left of 64 for two tables.
        try folder.write(text(words: 900_000, tokens: 1_500_000), to: "big.txt")
        let command = ["big.txt", "--size", "4000", "--memory", "64MiB", "--jobs", "2", "--json"]
        let whole = try run(command + ["--output", "whole/"])
        #expect(whole.status == 0, "\(whole.errors)")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(whole.output.utf8)) as? [String: Any])
        #expect(try #require(summary["spilled_bytes"] as? Int) > 0)
        for delay in [0.02, 0.1, 0.25] {
            let running = try Binary.start(
                ["vocab"] + command + ["--output", "killed/", "--quiet", "--overwrite"], in: folder.path)
            Thread.sleep(forTimeInterval: delay)
            running.kill()
            _ = running.wait()
            // Nothing half-made: the vocabulary is there whole or not at all.
            if let found = bytes("killed/vocab.txt") { #expect(found == bytes("whole/vocab.txt")) }
        }
        try? FileManager.default.removeItem(atPath: folder.file("killed/vocab.txt"))
        try folder.write("", to: "killed/vocab.txt-1-1.words.partial")
        let resumed = try run(command + ["--output", "killed/"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(bytes("killed/vocab.txt") == bytes("whole/vocab.txt"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("killed"))
        #expect(!files.contains { $0.hasSuffix(".partial") }, "\(files)")
    }

    @Test func `inspect tells what is wrong with a vocabulary and how it cuts a text`() throws {
        let special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
        try folder.write(special + "a\n##b\nab\nDon't\na\n##.\n7\n", to: "v.txt")
        try folder.write(special + "ab\nc\n##c\n", to: "w.txt")
        try folder.write("ab abb c ab\n", to: "text.txt")
        let outcome = try Binary.run(["inspect", "v.txt", "--json"], in: folder.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let lint = try #require(found["lint"] as? [String: Int])
        #expect(lint["duplicate"] == 1 && lint["cannot_follow"] == 1 && lint["missing_special"] == 0)
        #expect((found["coverage"] as? [String: Int])?["digits"] == 1)
        #expect(try Binary.run(["inspect", "v.txt"], in: folder.path).output.contains("row_10"))
        // A vocabulary with a piece twice cannot cut texts; the first one is sound.
        try folder.write(special + "a\n##b\nab\n", to: "u.txt")
        let cut = try Binary.run(
            ["inspect", "u.txt", "--corpus", "text.txt", "--against", "w.txt", "--json"], in: folder.path)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(cut.output.utf8)) as? [String: Any])
        let fertility = try #require(report["fertility"] as? [String: Double])
        #expect(fertility["words"] == 4 && fertility["pieces_per_word"] == 1.25 && fertility["unknown_percent"] == 25)
        let other = try #require(report["fertility_against"] as? [String: Double])
        #expect(other["unknown_percent"] == 25 && other["pieces_per_word"] == 1)
        #expect((report["overlap"] as? [String: Double])?["common_pieces"] == 6)
        #expect(try Binary.run(["inspect", "u.txt", "--against", "w.txt"], in: folder.path).status == 64)
    }
}
