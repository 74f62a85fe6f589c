import Foundation
import TestSupport
import Testing

/// Selection through the real program.
@Suite struct SelectionCommandTests {
    private let folder = TemporaryDirectory()

    /// Sentences of made-up words, repeated here and there.
    private static func lines(_ count: Int) -> String {
        var state: UInt64 = 17
        func next(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        var paragraphs: [String] = []
        return (0..<count).map { number in
            let own = (0..<6).map { _ in
                let isOld = next(3) == 0 && !paragraphs.isEmpty
                if isOld { return paragraphs[Int(next(UInt64(paragraphs.count)))] }
                paragraphs.append((0..<40).map { _ in "w\(next(5000))" }.joined(separator: " "))
                return paragraphs[paragraphs.count - 1]
            }
            return #"{"id":"\#(number)","text":"\#(own.joined(separator: "\\n")) mail a\#(number)@b.org"}"# + "\n"
        }.joined()
    }

    private func digest(_ corpus: String) throws -> String {
        let shown = try Binary.run(["inspect", corpus, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
        return object?["digest"] as? String ?? shown.errors
    }

    private func arguments(_ source: String, _ output: String, _ jobs: Int) -> [String] {
        [
            "ingest", source, "--output", folder.file(output), "--deduplicate", "--deduplicate-paragraphs",
            "--near-duplicates", "--similarity", "0.7", "--quality", "gopher-word-count", "--privacy", "email",
            "--identify-language", "--dedup-memory", "4", "--quiet", "--jobs", "\(jobs)", "--chunk-bytes", "500000",
        ]
    }

    @Test func `a run with all rules that is killed again and again ends like one that was not`() throws {
        let source = try folder.write(Self.lines(8_000), to: "a.jsonl")
        #expect(try Binary.run(arguments(source, "whole", 1)).status == 0)
        var kills = 0
        for round in 1...40 {
            let running = try Binary.start(arguments(source, "killed", 2))
            Thread.sleep(forTimeInterval: 0.1 * Double(round))
            running.kill()
            guard running.wait().wasKilled else { break }
            kills += 1
        }
        #expect(kills > 0)
        #expect(try Binary.run(arguments(source, "killed", 2)).status == 0)
        #expect(try digest(folder.file("killed")) == digest(folder.file("whole")))
        // No file of the indexes is left.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("killed"))
        #expect(
            names.allSatisfy { ["corpus.sqlite", "checksums.xxh128"].contains($0) || $0.hasPrefix("documents-") },
            "\(names)")
    }

    @Test(.enabled(if: hasMPI)) func `ranks select the same documents as one process`() throws {
        let source = try folder.write(Self.lines(1_500), to: "a.jsonl")
        let alone = try Binary.run(arguments(source, "alone", 1))
        #expect(alone.status == 0, "\(alone.errors)")
        let together = try Binary.run(
            arguments(source, "together", 1),
            environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
            launcher: ["mpirun", "--oversubscribe", "-n", "2"])
        #expect(together.status == 0, "\(together.errors)")
        #expect(try digest(folder.file("together")) == digest(folder.file("alone")))
    }

    @Test func `inspect shows what was left out and what was taken out`() throws {
        let source = try folder.write(Self.lines(50), to: "a.jsonl")
        let run = try Binary.run([
            "ingest", source, "--output", folder.file("c"), "--deduplicate-paragraphs", "--privacy", "email", "--quiet",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let shown = try Binary.run(["inspect", folder.file("c")]).output
        #expect(shown.contains("privacy email") && shown.contains("paragraph repeated"))
    }

    @Test(arguments: [
        (["--quality", "goofer"], "no quality rule 'goofer'"),
        (["--quality-limit", "gopher-word-count.least=3"], "gopher-word-count.minimum"),
        (["--privacy", "shoes"], "no kind of personal detail"),
        (["--language-filter", "tlh"], "cannot be told"),
        (["--similarity", "3"], "from 0.1 to 1"),
        (["--dedup-memory", "1"], "4 MB"),
        (["--against", "nowhere"], "nowhere"),
        (["--decontaminate", "nothing.tsv"], "nothing.tsv"),
    ])
    func `a wrong option is a sentence that says what to do`(options: [String], expected: String) throws {
        let source = try folder.write(Self.lines(2), to: "a.jsonl")
        let outcome = try Binary.run(["ingest", source, "--output", folder.file("c"), "--quiet"] + options)
        #expect(outcome.status == 64 || outcome.status == 66, "\(outcome.errors)")
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
}

private let hasMPI = FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")
