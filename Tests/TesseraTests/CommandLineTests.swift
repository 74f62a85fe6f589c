import Foundation
import TestSupport
import Testing

/// The command line is a contract: names, JSON keys and streams.
@Suite struct CommandLineTests {
    static let commands = [
        "run", "download", "ingest", "vocab", "shard", "export", "pretrain", "finetune", "glue", "inspect", "verify",
        "report",
        "fill-mask",
        "clean",
        "sentences", "tokenize",
    ]

    @Test(arguments: commands)
    func `every command explains itself with an example`(command: String) throws {
        let help = try Binary.run([command, "--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("tessera \(command) "))
        #expect(help.output.contains("OVERVIEW"))
    }

    @Test func `filters read standard input and write standard output`() throws {
        let sentences = try Binary.run(
            ["sentences"], input: Data("Dr. Lund came. She saw 3.5 km of coast.\nNew one.\n".utf8))
        #expect(sentences.output == "Dr. Lund came.\nShe saw 3.5 km of coast.\n\nNew one.\n\n")
        let record = #"{"id": "7", "lang": "en", "text": "It rained. We left."}"#
        let split = try Binary.run(["sentences", "--jsonl"], input: Data((record + "\n").utf8))
        #expect(split.output == #"{"id":"7","sentences":["It rained.","We left."]}"# + "\n")
        let text = try Binary.run(["clean"], input: Data("'''Ava''' is a [[town|small town]].{{stub}}".utf8))
        #expect(text.output == "Ava is a small town.\n")
        let cleaned = try Binary.run(["clean", "--jsonl"], input: Data((#"{"id":1,"text":"a [[b]]"}"# + "\n").utf8))
        #expect(cleaned.output == #"{"id":1,"text":"a b"}"# + "\n")
    }

    @Test func `tokenize gives ids or pieces, one line for each line`() throws {
        let folder = TemporaryDirectory()
        let vocabulary = try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nsea\n##gull\n.\n", to: "vocab.txt")
        let input = Data("Seagull.\n\nsea [MASK] ox".utf8)
        #expect(try Binary.run(["tokenize", "--vocab", vocabulary], input: input).output == "5 6 7\n\n5 4 1\n")
        let pieces = try Binary.run(["tokenize", "--vocab", vocabulary, "--tokens"], input: input)
        #expect(pieces.output == "sea ##gull .\n\nsea [MASK] [UNK]\n")
        let accented = Data("S\u{E9}agull".utf8)
        let bytes = try Binary.run(["tokenize", "--vocab", vocabulary, "--offsets"], input: accented)
        #expect(bytes.output == "5:0:4 6:4:8\n")
        let characters = ["tokenize", "--vocab", vocabulary, "--offsets", "--characters", "--tokens"]
        #expect(try Binary.run(characters, input: accented).output == "sea:0:3 ##gull:3:7\n")
        #expect(try Binary.run(["tokenize", "--vocab", vocabulary, "--characters"], input: accented).status == 64)
    }

    @Test func `tokenize writes ids of 16 or 32 bits, the greatest of which ends a line`() throws {
        let folder = TemporaryDirectory()
        let vocabulary = try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nsea\n##gull\n.\n", to: "vocab.txt")
        let text = try folder.write("Seagull.\n\nsea [MASK] ox", to: "text.txt")
        let ids: [UInt32] = [5, 6, 7, .max, .max, 5, 4, 1, .max]
        for (format, width) in [("u16", 2), ("u32", 4)] {
            let file = folder.file("ids.\(format)")
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = [
                "-c", "\"$0\" tokenize --vocab \"$1\" --output-format \(format) \"$2\" > \"$3\"", Binary.path,
                vocabulary,
                text, file,
            ]
            try shell.run()
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 0)
            let expected = ids.flatMap { id in (0..<width).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) } }
            #expect([UInt8](try Data(contentsOf: URL(filePath: file))) == expected)
        }
        let many = (0..<65_536).map { "w\($0)" }.joined(separator: "\n")
        let large = try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\(many)\n", to: "large.txt")
        let command = ["tokenize", "--vocab", large, "--output-format"]
        #expect(try Binary.run(command + ["u16"], input: Data()).status == 64)
        #expect(try Binary.run(command + ["u32"], input: Data()).status == 0)
        let both = ["tokenize", "--vocab", vocabulary, "--output-format", "u16", "--tokens"]
        #expect(try Binary.run(both, input: Data()).status == 64)
    }

    @Test func `a reader that goes away ends the program quietly`() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "set -o pipefail; yes 'A line. Another line.' | head -n 300000 | \"$0\" sentences | head -n 1",
            Binary.path,
        ]
        let errors = Pipe()
        let output = Pipe()
        process.standardError = errors
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: text, as: UTF8.self) == "A line.\n")
        #expect(!String(decoding: complaints, as: UTF8.self).contains("tessera"))
    }

    @Test func `JSON summaries have the promised keys`() throws {
        let folder = TemporaryDirectory()
        let notes = try folder.write(
            (0..<300).map {
                #"{"id": \#($0), "text": "Note \#($0) is about a gull. A boat is at sea at hour \#($0)."}"#
            }
            .joined(separator: "\n"), to: "notes.jsonl")
        func keys(_ arguments: [String]) throws -> Set<String> {
            let outcome = try Binary.run(arguments + ["--json", "--quiet"])
            #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            return Set(object?.keys.map { $0 } ?? [])
        }
        let (corpus, vocab, shards) = (folder.file("corpus"), folder.file("vocab"), folder.file("shards"))
        #expect(
            try keys(["ingest", notes, "--output", corpus]).isSuperset(of: [
                "documents", "rejected", "raw_bytes", "text_bytes", "seconds", "version", "output",
            ]))
        #expect(
            try keys(["vocab", corpus, "--size", "200", "--output", vocab + "/vocab.txt"]).isSuperset(of: [
                "pieces", "words", "seconds", "version", "output",
            ]))
        #expect(
            try keys(["shard", corpus, "--vocab", vocab + "/vocab.txt", "--output", shards]).isSuperset(of: [
                "instances", "tokens", "partitions", "bytes", "seconds", "digest", "version", "output",
            ]))
        #expect(
            try keys([
                "pretrain", shards, "--model", "tiny", "--steps", "5", "--global-batch", "4", "--output",
                folder.file("run"),
            ]).isSuperset(of: [
                "steps", "sequences", "tokens", "seconds", "tokens_per_second", "loss", "validation_loss",
                "peak_memory_bytes", "version", "output",
            ]))
    }
}
