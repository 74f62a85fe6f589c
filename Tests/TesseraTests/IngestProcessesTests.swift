import Foundation
import TestSupport
import Testing

/// `tessera ingest` killed at any instant, and shared among ranks: always the same corpus.
@Suite(.serialized) struct IngestProcessesTests {
    private let folder = TemporaryDirectory()

    /// The quickstart's wiki many times over, as a dump of many bzip2 streams: 12 MB of XML.
    private func dump(copies: Int) throws -> String {
        let path = Binary.package + "/pipelines/quickstart/quickstart-wiki.xml.bz2"
        let stream = try Data(contentsOf: URL(filePath: path))
        let dump = folder.file("dump.xml.bz2")
        try Data((0..<copies).flatMap { _ in stream }).write(to: URL(filePath: dump))
        return dump
    }

    private func arguments(_ dump: String, _ output: String, jobs: Int = 2) -> [String] {
        [
            "ingest", dump, "--output", folder.file(output), "--quiet", "--jobs", "\(jobs)", "--chunk-bytes", "1000000",
            "--minimum-bytes", "200", "--deduplicate",
        ]
    }

    /// Every file of a corpus but the index, and the digest of all that the index says.
    private func content(_ output: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file(output))
        var content: [String: Data] = [:]
        for name in names where name.hasSuffix(".zst") {
            content[name] = FileManager.default.contents(atPath: folder.file(output) + "/" + name)
        }
        let inspection = try Binary.run(["inspect", folder.file(output), "--json"])
        #expect(inspection.status == 0, "\(inspection.errors)")
        content["inspection"] = Data(inspection.output.replacing(folder.file(output), with: "").utf8)
        let verification = try Binary.run(["verify", folder.file(output), "--quiet"])
        #expect(verification.status == 0, "\(verification.errors)")
        return content
    }

    @Test func `an ingest killed again and again ends with the bytes of one that was not`() throws {
        let dump = try dump(copies: 30)
        let calm = try Binary.run(arguments(dump, "calm"))
        #expect(calm.status == 0, "\(calm.errors)")
        var kills = 0
        for round in 0..<40 where kills < 15 {
            let running = try Binary.start(arguments(dump, "stormy", jobs: 1 + round % 3))
            usleep(UInt32(8_000 + 7_919 * round % 90_000))
            running.kill()
            if running.wait().wasKilled { kills += 1 }
        }
        #expect(kills > 3)
        let last = try Binary.run(arguments(dump, "stormy"))
        #expect(last.status == 0, "\(last.errors)")
        #expect(try content("stormy") == content("calm"))
    }

    @Test(.enabled(if: hasMPI), arguments: [1, 2, 3])
    func `any number of ranks gives the bytes of one process`(ranks: Int) throws {
        let dump = try dump(copies: 30)
        let lines = (0..<400).map { "{\"id\":\"\($0)\",\"text\":\"Line number \($0 % 300) of a file.\"}" }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: folder.file("lines.jsonl")))
        func run(_ output: String, _ launcher: [String]) throws {
            var arguments = arguments(dump, output)
            arguments.insert(folder.file("lines.jsonl"), at: 1)
            let outcome = try Binary.run(arguments, environment: IngestProcessesTests.mpi, launcher: launcher)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try run("alone", [])
        try run("together", ["mpirun", "--oversubscribe", "-n", "\(ranks)"])
        #expect(try content("together") == content("alone"))
    }

    @Test(.enabled(if: hasMPI), arguments: [300_000, 1_000_000])
    func `ranks agree on segments of any size`(bytes: Int) throws {
        let words = (0..<60_000).map { "word\($0 % 977)" }.joined(separator: " ")
        var text = "<mediawiki xml:lang=\"en\">\n"
        for id in 1...12 {
            text += "<page><title>P\(id)</title><ns>0</ns><id>\(id)</id><revision><id>\(id)</id><text>"
            text += "\(id) \(words.prefix(20_000 * id))</text></revision></page>\n"
        }
        let dump = folder.file("odd-\(bytes).xml")
        try Data((text + "</mediawiki>\n").utf8).write(to: URL(filePath: dump))
        for (output, launcher) in [("one", []), ("two", ["mpirun", "--oversubscribe", "-n", "2"])] {
            let outcome = try Binary.run(
                [
                    "ingest", dump, "--chunk-bytes", "\(bytes)", "--output", folder.file("\(output)-\(bytes)"),
                    "--quiet",
                ],
                environment: IngestProcessesTests.mpi, launcher: launcher)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(try content("two-\(bytes)") == content("one-\(bytes)"))
    }

    @Test(.enabled(if: hasMPI)) func `ranks that are killed are gone on with by one process`() throws {
        let dump = try dump(copies: 30)
        #expect(try Binary.run(arguments(dump, "calm")).status == 0)
        let launcher = ["mpirun", "--oversubscribe", "-n", "2"]
        for delay in [300_000, 500_000, 800_000] {
            let running = try Binary.start(
                arguments(dump, "stormy"), environment: IngestProcessesTests.mpi, launcher: launcher)
            usleep(UInt32(delay))
            running.send(SIGTERM)
            _ = running.wait()
        }
        var outcome = try Binary.run(arguments(dump, "stormy"))
        for _ in 0..<50 where outcome.status == 75 {
            usleep(100_000)
            outcome = try Binary.run(arguments(dump, "stormy"))
        }
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try content("stormy") == content("calm"))
    }

    @Test(.enabled(if: hasMPI)) func `ranks tell of damage once and with the exit code of one process`() throws {
        let dump = try dump(copies: 30)
        var bytes = try Data(contentsOf: URL(filePath: dump))
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: URL(filePath: dump))
        #expect(try Binary.run(arguments(dump, "alone")).status == 65)
        let outcome = try Binary.run(
            arguments(dump, "together"), environment: IngestProcessesTests.mpi,
            launcher: ["mpirun", "--quiet", "--oversubscribe", "-n", "2"])
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("could not be read"))
        for output in ["alone", "together"] {
            #expect(try Binary.run(arguments(dump, output) + ["--keep-going"]).status == 0)
        }
        #expect(try content("together") == content("alone"))
    }

    @Test func `a removal killed at any instant is finished by the next`() throws {
        let dump = try dump(copies: 3)
        func ingest(_ output: String) throws {
            let outcome = try Binary.run(["ingest", dump, "--output", folder.file(output), "--quiet"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        func remove(_ output: String) -> [String] {
            ["remove", folder.file(output), "--document", "1", "17", "60", "--reason", "asked for"]
        }
        try ingest("calm")
        let before = try Binary.run(["inspect", folder.file("calm"), "--text"]).output
        #expect(try Binary.run(remove("calm")).status == 0)
        let calm = try Binary.run(["inspect", folder.file("calm"), "--text"]).output
        #expect(calm.utf8.count < before.utf8.count)
        try ingest("stormy")
        for round in 0..<12 {
            let running = try Binary.start(remove("stormy"))
            usleep(UInt32(6_000 + 1_700 * round))
            running.kill()
            _ = running.wait()
        }
        let outcome = try Binary.run(remove("stormy"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Binary.run(["inspect", folder.file("stormy"), "--text"]).output == calm)
        #expect(try Binary.run(["verify", folder.file("stormy"), "--quiet"]).status == 0)
        #expect(try Binary.run(["remove", folder.file("stormy"), "--document", "100000"]).status == 66)
    }

    private static let mpi = [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    ]
}

private let hasMPI = FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")
