import Foundation
import TestSupport
import Testing

/// The whole recipe with the real binary, at toy size.
@Suite(.serialized) struct RecipeTests {
    static let stages = ["ingest", "vocab", "shard", "pretrain", "finetune"]

    /// The quickstart pipeline cut to a size that ends in seconds.
    static func arguments(output: String, pairs: String) -> [String] {
        var arguments = ["run", Binary.package + "/pipelines/quickstart.yaml", "--quiet", "--json"]
        let settings = [
            "output=\(output)", "vocab.size=600", "shard.sequence-length=64", "shard.partition-bytes=65536",
            "pretrain.steps=24", "pretrain.global-batch=8", "pretrain.warmup-steps=4", "pretrain.checkpoint-every=5",
            "pretrain.validate-every=10", "pretrain.model=tiny", "finetune.epochs=2", "finetune.data=\(pairs)",
        ]
        for setting in settings { arguments += ["--set", setting] }
        return arguments
    }

    /// The first rows of the toy task, so that fine-tuning ends in seconds.
    static func smallPairs(in folder: TemporaryDirectory) throws -> String {
        let whole = Binary.package + "/pipelines/quickstart/pairs"
        try FileManager.default.createDirectory(atPath: folder.file("pairs"), withIntermediateDirectories: true)
        for name in ["train.tsv", "dev.tsv"] {
            let lines = try String(contentsOfFile: whole + "/" + name, encoding: .utf8).split(separator: "\n")
            try folder.write(lines.prefix(161).joined(separator: "\n") + "\n", to: "pairs/" + name)
        }
        return folder.file("pairs")
    }

    @Test func `a run killed once in every stage ends like one that was not`() throws {
        let folder = TemporaryDirectory()
        let pairs = try RecipeTests.smallPairs(in: folder)
        let calm = try Binary.run(RecipeTests.arguments(output: folder.file("calm"), pairs: pairs))
        #expect(calm.status == 0, "\(calm.errors)")
        for (number, stage) in RecipeTests.stages.enumerated() {
            let running = try Binary.start(RecipeTests.arguments(output: folder.file("stormy"), pairs: pairs))
            #expect(RecipeTests.wait(for: stage, in: folder.file("stormy"), running), "\(stage) never began")
            usleep(UInt32(1_000 + 7_000 * number))
            running.kill()
            let outcome = running.wait()
            #expect(outcome.wasKilled, "\(stage) was over before it could be killed: \(outcome.errors)")
        }
        let stormy = try Binary.run(RecipeTests.arguments(output: folder.file("stormy"), pairs: pairs))
        #expect(stormy.status == 0, "\(stormy.errors)")
        for stage in RecipeTests.stages {
            let (left, right) = (
                try RecipeTests.results(calm, stage), try RecipeTests.results(stormy, stage)
            )
            #expect(left == right, "\(stage) differs")
            #expect(!left.isEmpty)
        }
        let differing = try RecipeTests.differences(folder.file("calm"), folder.file("stormy"))
        #expect(differing.isEmpty, "files differ: \(differing)")
    }

    @Test func `a finished run does nothing, and changed options are refused until told`() throws {
        let folder = TemporaryDirectory()
        let output = folder.file("run")
        let pairs = try RecipeTests.smallPairs(in: folder)
        let only = ["--only", "ingest"]
        #expect(try Binary.run(RecipeTests.arguments(output: output, pairs: pairs) + only).status == 0)
        let plan = try Binary.run(RecipeTests.arguments(output: output, pairs: pairs) + ["--dry-run"])
        #expect(plan.output.contains("skip"))
        #expect(plan.output.contains("finetune"))
        let changed = try Binary.run(
            RecipeTests.arguments(output: output, pairs: pairs) + only + ["--set", "ingest.lists=drop"])
        #expect(changed.status == 73)
        #expect(changed.errors.contains("--from ingest"))
        let rebuilt = try Binary.run(
            RecipeTests.arguments(output: output, pairs: pairs) + only + ["--set", "ingest.lists=drop", "--from", "ingest"])
        #expect(rebuilt.status == 0, "\(rebuilt.errors)")
    }

    /// Waits until the pipeline's state says that `stage` is under way.
    private static func wait(for stage: String, in output: String, _ running: Binary.Running) -> Bool {
        while running.isRunning {
            if let data = FileManager.default.contents(atPath: output + "/pipeline.json"),
                let state = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
                let stages = state["stages"] as? [String: [String: Any]],
                let entry = stages[stage], entry["isDone"] as? Bool == false
            {
                return true
            }
            usleep(500)
        }
        return false
    }

    /// The stage's results without what depends on the clock, the memory or the place.
    private static func results(_ outcome: Binary.Outcome, _ stage: String) throws -> [String: String] {
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let stages = report?["stages"] as? [String: [String: String]] ?? [:]
        return (stages[stage] ?? [:]).filter { name, _ in
            !["seconds", "per_second", "memory", "output"].contains { name.contains($0) }
        }
    }

    /// Files whose bytes must be the same, and are not.
    private static func differences(_ left: String, _ right: String) throws -> [String] {
        let suffixes = [".zst", "vocab.txt", ".safetensors", "metrics.jsonl", "tokenizer.json", "config.json", ".tsv"]
        func files(_ root: String) -> [String: Data] {
            var found: [String: Data] = [:]
            let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
            for name in names where suffixes.contains(where: name.hasSuffix) {
                found[name] = FileManager.default.contents(atPath: root + "/" + name)
            }
            return found
        }
        let (first, second) = (files(left), files(right))
        #expect(first.keys.contains { $0.hasSuffix("model.safetensors") })
        return Set(first.keys).union(second.keys).filter { first[$0] != second[$0] }.sorted()
    }
}
