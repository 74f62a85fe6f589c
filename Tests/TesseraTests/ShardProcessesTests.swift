import Foundation
import TestSupport
import Testing

/// `tessera shard` killed at any instant, and shared among ranks: always the same shards.
@Suite(.serialized) struct ShardProcessesTests {
    private let folder = TemporaryDirectory()

    /// A corpus of 3 MB of text, and a vocabulary.
    private func prepare(copies: Int = 20) throws {
        let path = Binary.package + "/pipelines/quickstart/quickstart-wiki.xml.bz2"
        let stream = try Data(contentsOf: URL(filePath: path))
        try Data((0..<copies).flatMap { _ in stream }).write(to: URL(filePath: folder.file("dump.xml.bz2")))
        for step in [
            ["ingest", folder.file("dump.xml.bz2"), "--output", folder.file("corpus")],
            ["vocab", folder.file("corpus"), "--size", "800", "--output", folder.file("vocab")],
        ] {
            let outcome = try Binary.run(step + ["--quiet"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    private func arguments(_ output: String, jobs: Int = 2, seed: Int = 7) -> [String] {
        [
            "shard", folder.file("corpus"), "--vocab", folder.file("vocab"), "--output", folder.file(output), "--quiet",
            "--json", "--jobs", "\(jobs)", "--partition-bytes", "150000", "--sequence-length", "128,64", "--seed",
            "\(seed)",
        ]
    }

    private func digest(_ output: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(object?["digest"] as? String)
    }

    /// Every part file of a set.
    private func parts(_ output: String) throws -> [String: Data] {
        var parts: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.file(output))
        where name.hasPrefix("part-") || name.hasPrefix("spool-") {
            parts[name] = FileManager.default.contents(atPath: folder.file(output) + "/" + name)
        }
        return parts
    }

    @Test func `a run killed again and again ends with the bytes of one that was not`() throws {
        try prepare()
        let began = DispatchTime.now()
        let calm = try Binary.run(arguments("calm"))
        let span = Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e3
        #expect(calm.status == 0, "\(calm.errors)")
        var (kills, phases) = (0, Set<String>())
        for round in 0..<120 where kills < 30 {
            let running = try Binary.start(arguments("stormy", jobs: 1 + round % 3))
            // Anywhere from the begin to beyond the end of a whole run, and the end is not reached often.
            usleep(UInt32(span * Double(round * 7919 % 1000) / 1000 * 1.1))
            running.kill()
            if running.wait().wasKilled {
                kills += 1
                // Nothing is there when it was killed at once.
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder.file("stormy"))
                phases.insert((names ?? []).contains { $0.hasPrefix("part-") } ? "build" : "scatter")
            } else if kills < 25 {
                // Done before it was killed: begin anew.
                try FileManager.default.removeItem(atPath: folder.file("stormy"))
            }
        }
        #expect(kills >= 25)
        #expect(phases == ["build", "scatter"])
        let last = try Binary.run(arguments("stormy"))
        #expect(last.status == 0, "\(last.errors)")
        #expect(try digest(last.output) == digest(calm.output))
        #expect(try parts("stormy") == parts("calm"))
        #expect(try Binary.run(["verify", folder.file("stormy"), "--quiet"]).status == 0)
        let other = try Binary.run(arguments("other", seed: 8))
        #expect(try digest(other.output) != digest(calm.output))
    }

    @Test func `any number of jobs and ranks gives the same bytes`() throws {
        try prepare()
        let alone = try Binary.run(arguments("alone", jobs: 1))
        #expect(alone.status == 0, "\(alone.errors)")
        for jobs in [2, 3, 7] {
            let outcome = try Binary.run(arguments("jobs-\(jobs)", jobs: jobs))
            #expect(try digest(outcome.output) == digest(alone.output))
            #expect(try parts("jobs-\(jobs)") == parts("alone"))
        }
        guard hasMPI else { return }
        for ranks in [1, 2, 4] {
            let outcome = try Binary.run(
                arguments("ranks-\(ranks)", jobs: 1), environment: ShardProcessesTests.mpi,
                launcher: ["mpirun", "--oversubscribe", "-n", "\(ranks)"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try digest(outcome.output) == digest(alone.output))
            #expect(try parts("ranks-\(ranks)") == parts("alone"))
            #expect(try Binary.run(["verify", folder.file("ranks-\(ranks)"), "--quiet"]).status == 0)
        }
    }

    @Test(.enabled(if: hasMPI)) func `ranks that are killed are gone on with by one process`() throws {
        try prepare()
        let calm = try Binary.run(arguments("calm"))
        for delay in [250_000, 400_000, 600_000] {
            let running = try Binary.start(
                arguments("stormy", jobs: 1), environment: ShardProcessesTests.mpi,
                launcher: ["mpirun", "--oversubscribe", "-n", "3"])
            usleep(UInt32(delay))
            running.send(SIGTERM)
            _ = running.wait()
        }
        var outcome = try Binary.run(arguments("stormy"))
        for _ in 0..<50 where outcome.status == 75 {
            usleep(100_000)
            outcome = try Binary.run(arguments("stormy"))
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try digest(outcome.output) == digest(calm.output))
        #expect(try parts("stormy") == parts("calm"))
    }

    @Test(.enabled(if: hasMPI)) func `a failure of a rank is told once with the exit code of one process`() throws {
        try prepare(copies: 2)
        let block = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder.file("corpus")).first { $0.hasSuffix(".zst") })
        var bytes = try Data(contentsOf: URL(filePath: folder.file("corpus") + "/" + block))
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: URL(filePath: folder.file("corpus") + "/" + block))
        #expect(try Binary.run(arguments("alone")).status == 65)
        let outcome = try Binary.run(
            arguments("together"), environment: ShardProcessesTests.mpi,
            launcher: ["mpirun", "--quiet", "--oversubscribe", "-n", "2"])
        #expect(outcome.status == 65, "\(outcome.errors)")
    }

    @Test func `a removal killed at any instant is finished by the next`() throws {
        try prepare()
        #expect(try Binary.run(arguments("calm")).status == 0)
        try FileManager.default.copyItem(atPath: folder.file("calm"), toPath: folder.file("stormy"))
        func remove(_ output: String) -> [String] {
            ["remove", folder.file(output), "--document", "1", "17", "60", "--reason", "asked for"]
        }
        #expect(try Binary.run(remove("calm")).status == 0)
        for round in 0..<12 {
            let running = try Binary.start(remove("stormy"))
            usleep(UInt32(6_000 + 4_700 * round))
            running.kill()
            _ = running.wait()
        }
        let outcome = try Binary.run(remove("stormy"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try parts("stormy") == parts("calm"))
        for output in ["calm", "stormy"] {
            #expect(try Binary.run(["verify", folder.file(output), "--quiet"]).status == 0)
        }
        #expect(try Binary.run(["remove", folder.file("stormy"), "--document", "100000"]).status == 66)
        #expect(try Binary.run(arguments("calm")).status == 0)
    }

    private static let mpi = [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    ]
}

private let hasMPI = FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")
