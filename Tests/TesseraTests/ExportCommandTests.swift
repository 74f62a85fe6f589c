import Foundation
import TestSupport
import Testing

/// `tessera export`, killed and misused.
@Suite struct ExportCommandTests {
    /// A small set of shards and its folder.
    private static func shards() throws -> TemporaryDirectory {
        let folder = TemporaryDirectory()
        let notes = (0..<400).map { number in
            let sentences = (0..<20).map { "Gull \($0 * number) sat on boat \(number % 17) near pier \($0)." }
            return #"{"id": \#(number), "text": "\#(sentences.joined(separator: " "))"}"#
        }
        let path = try folder.write(notes.joined(separator: "\n"), to: "notes.jsonl")
        for arguments in [
            ["ingest", path, "--output", folder.file("corpus")],
            ["vocab", folder.file("corpus"), "--size", "200", "--output", folder.file("vocab.txt")],
            [
                "shard", folder.file("corpus"), "--vocab", folder.file("vocab.txt"), "--output", folder.file("shards"),
                "--sequence-length", "64", "--duplicate-factor", "5",
            ],
        ] {
            let outcome = try Binary.run(arguments + ["--quiet"])
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
        return folder
    }

    private func contents(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: folder + "/" + $0))) })
    }

    @Test func `killed at any instant, an export goes on to the same bytes`() throws {
        let folder = try Self.shards()
        for format in ["jsonl", "tfrecord", "hdf5"] {
            func arguments(_ output: String) -> [String] {
                [
                    "export", folder.file("shards"), "--format", format, "--output", folder.file(output), "--quiet",
                    "--instances-per-file", "600", "--duplicate", "4",
                ]
            }
            let began = ContinuousClock.now
            #expect(try Binary.run(arguments("whole-" + format)).status == 0)
            let time = ContinuousClock.now - began
            let output = "killed-" + format
            var kills = 0
            for attempt in 1...8 {
                let running = try Binary.start(arguments(output))
                Thread.sleep(forTimeInterval: time / .seconds(1) * Double(attempt) / 10)
                running.kill()
                if running.wait().wasKilled { kills += 1 }
            }
            #expect(kills > 0)
            #expect(try Binary.run(arguments(output)).status == 0)
            #expect(try contents(folder.file(output)) == contents(folder.file("whole-" + format)))
        }
    }

    @Test func `a full disk ends an export with an input-output failure, and it resumes`() throws {
        let folder = try Self.shards()
        for format in ["tfrecord", "hdf5"] {
            let output = folder.file("full-" + format)
            let arguments = ["export", folder.file("shards"), "--format", format, "--output", output, "--quiet"]
            let stopped = try Binary.run(arguments, fileSizeLimit: 40)
            #expect(stopped.status == 74, "\(stopped.errors)")
            #expect(stopped.errors.split(separator: "\n").count == 1)
            #expect(try Binary.run(arguments).status == 0)
        }
    }

    @Test func `options that contradict each other are refused before anything is made`() throws {
        let folder = TemporaryDirectory()
        for options in [
            ["--format", "hdf5", "--pieces"], ["--format", "jsonl", "--files", "2", "--instances-per-file", "3"],
            ["--format", "parquet"],
        ] {
            let outcome = try Binary.run(["export", folder.path, "--output", folder.file("out")] + options)
            #expect(outcome.status == 64, "\(options)")
        }
        #expect(
            try Binary.run(["export", folder.path, "--format", "jsonl", "--output", folder.file("out")]).status == 66)
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }
}
