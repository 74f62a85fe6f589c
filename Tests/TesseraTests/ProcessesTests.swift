import Foundation
import TestSupport
import Testing

/// Data-parallel training with real ranks under Open MPI.
@Suite(.serialized) struct ProcessesTests {
    private let folder = TemporaryDirectory()

    @Test func `two processes give the losses of one, and a run resumes with another number of them`() throws {
        let shards = try toyShards()
        let alone = try losses(train(shards, "alone", processes: 1, steps: 12))
        let together = try losses(train(shards, "together", processes: 2, steps: 12))
        #expect(alone.count == 12)
        #expect(together.count == 12)
        for (step, pair) in zip(alone, together).enumerated() {
            #expect(abs(pair.0 - pair.1) <= 2e-4 * abs(pair.0), "step \(step + 1): \(pair.0) and \(pair.1)")
        }
    }

    @Test func `two processes that are killed go on and end with the same weights`() throws {
        let shards = try toyShards()
        let calm = try train(shards, "calm", processes: 2, steps: 30)
        let running = try Binary.start(arguments(shards, "stormy", processes: 2, steps: 30))
        let checkpoints = folder.file("stormy") + "/checkpoints"
        while running.isRunning, (try? FileManager.default.contentsOfDirectory(atPath: checkpoints))?.isEmpty ?? true {
            usleep(2_000)
        }
        running.kill()
        #expect(running.wait().wasKilled)
        // Ranks end when their launcher has gone; until then the folder is locked.
        var outcome = try Binary.run(arguments(shards, "stormy", processes: 2, steps: 30))
        var tries = 0
        while outcome.status == 75, tries < 100 {
            usleep(100_000)
            tries += 1
            outcome = try Binary.run(arguments(shards, "stormy", processes: 2, steps: 30))
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
        let weights = "/checkpoints/step-30/model.safetensors"
        let stormy = FileManager.default.contents(atPath: folder.file("stormy") + weights)
        #expect(stormy != nil)
        #expect(stormy == FileManager.default.contents(atPath: calm + weights))
        let metrics = FileManager.default.contents(atPath: folder.file("stormy") + "/metrics.jsonl")
        #expect(metrics == FileManager.default.contents(atPath: calm + "/metrics.jsonl"))
    }

    private func arguments(_ shards: String, _ name: String, processes: Int, steps: Int) -> [String] {
        [
            "pretrain", shards, "--output", folder.file(name), "--model", "tiny", "--steps", "\(steps)",
            "--global-batch", "6", "--checkpoint-every", "5", "--validate-every", "10", "--learning-rate", "5e-4",
            "--processes", "\(processes)", "--threads", "1", "--quiet",
        ]
    }

    private func train(_ shards: String, _ name: String, processes: Int, steps: Int) throws -> String {
        let outcome = try Binary.run(arguments(shards, name, processes: processes, steps: steps))
        #expect(outcome.status == 0, "\(outcome.errors)")
        return folder.file(name)
    }

    private func losses(_ run: String) throws -> [Double] {
        let text = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["loss"] as? NSNumber)?.doubleValue
        }
    }

    private func toyShards() throws -> String {
        let dump = Binary.package + "/pipelines/quickstart/quickstart-wiki.xml.bz2"
        let steps = [
            ["ingest", dump, "--output", folder.file("corpus")],
            ["vocab", folder.file("corpus"), "--size", "500", "--output", folder.file("vocab")],
            [
                "shard", folder.file("corpus"), "--vocab", folder.file("vocab"), "--output", folder.file("shards"),
                "--sequence-length", "64", "--validation-fraction", "0.05",
            ],
        ]
        for step in steps {
            let outcome = try Binary.run(step + ["--quiet"])
            #expect(outcome.status == 0, "\(step): \(outcome.errors)")
        }
        return folder.file("shards")
    }
}
