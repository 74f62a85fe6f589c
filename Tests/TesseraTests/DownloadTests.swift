import Foundation
import TestSupport
import Testing

/// `tessera download` against a server of our own on this machine.
@Suite(.serialized) struct DownloadTests {
    static let server = Result { try DumpServer() }
    let folder = TemporaryDirectory()
    let server: DumpServer

    init() throws { server = try DownloadTests.server.get() }

    static let file = "xxwiki-20260101-pages-articles.xml.bz2"
    var path: String { folder.file("d/" + DownloadTests.file) }

    func arguments(_ scenario: String, _ more: [String] = []) -> [String] {
        [
            "download", "wikipedia", "--language", "xx", "--mirror", server.mirror(scenario), "--output",
            folder.file("d"),
            "--retry-delay", "0.02",
        ] + more
    }

    func download(_ scenario: String, _ more: [String] = []) throws -> Binary.Outcome {
        try Binary.run(
            arguments(scenario, ["--date", "20260101", "--file", "pages-articles", "--attempts", "3"] + more))
    }

    func isWhole() throws -> Bool {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("d"))
        let bytes = try Data(contentsOf: URL(filePath: path))
        return names == [DownloadTests.file] && bytes == DumpServer.dump
    }

    @Test(arguments: [
        ("cut", ["-", "bytes=100000-", "bytes=200000-"]), ("drops", ["-", "bytes=100000-", "bytes=200000-"]),
        ("norange", ["-", "bytes=100000-"]), ("changed", ["-", "bytes=100000-"]), ("flaky", ["-", "-", "-"]),
        ("nostatus", ["-"]), ("moved", ["-"]),
    ])
    func `whatever the server does, the file comes whole and is asked for by its parts`(
        scenario: String, ranges: [String]
    ) throws {
        let outcome = try download(scenario)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try isWhole())
        #expect(server.ranges(scenario) == ranges)
    }

    @Test func `what was killed goes on where it ended`() throws {
        let first = try Binary.start(arguments("slow", ["--date", "20260101", "--file", "pages-articles"]))
        func size() -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + ".partial")
            return (attributes?[.size] as? Int) ?? 0
        }
        for _ in 0..<400 where size() < 100_000 { usleep(20_000) }
        #expect(size() == 100_000)
        // Two at once in one folder would spoil each other's file.
        #expect(try download("fine").status == 75)
        first.kill()
        _ = first.wait()
        let second = try download("resumed", ["--json", "--quiet"])
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.output.contains("\"resumed_from\":100000"))
        #expect(server.ranges("resumed") == ["bytes=100000-"])
        #expect(try isWhole())
        // And once more: it is there, nothing is fetched.
        #expect(try download("again").status == 0)
        #expect(server.ranges("again").isEmpty)
    }

    @Test func `Ctrl-C ends a transfer that stands still`() throws {
        let running = try Binary.start(arguments("slow", ["--date", "20260101", "--file", "pages-articles"]))
        for _ in 0..<400 where !FileManager.default.fileExists(atPath: path + ".partial.json") { usleep(20_000) }
        running.send(SIGINT)
        #expect(running.wait().status == 130)
    }

    @Test func `a wrong checksum is told of and nothing stays`() throws {
        let outcome = try download("wrongsum")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("sha1"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("d")) == [])
    }

    @Test func `a file of the user's is never replaced`() throws {
        try FileManager.default.createDirectory(atPath: folder.file("d"), withIntermediateDirectories: true)
        try folder.write("mine", to: "d/" + DownloadTests.file)
        #expect(try download("fine").status == 73)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }

    @Test func `what is not there is told with what there is`() throws {
        let date = try Binary.run(arguments("fine", ["--date", "20250101"]))
        #expect(date.status == 66)
        #expect(date.errors.contains("20251201, 20260101, 20260201"))
        let wiki = try Binary.run(arguments("fine", ["--language", "yy"]))
        #expect(wiki.status == 66)
        #expect(wiki.errors.contains("yywiki"))
        // The server lists the file and has it not: nothing half-made is left of the try.
        let gone = try download("gone")
        #expect(gone.status == 66, "\(gone.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("d")) == [])
        let unfinished = try Binary.run(arguments("fine", ["--date", "20260201"]))
        #expect(unfinished.status == 75)
        #expect(try Binary.run(arguments("fine", ["--date", "yesterday"])).status == 64)
        #expect(try Binary.run(arguments("fine", ["--language", "../x"])).status == 64)
    }

    @Test func `trouble of the network is 75, of the disk 74, a refusal 69`() throws {
        let dead = try download("dead")
        #expect(dead.status == 75)
        #expect(dead.errors.contains("503"))
        let nobody = try Binary.run(arguments("fine", ["--mirror", "http://127.0.0.1:1", "--attempts", "2"]))
        #expect(nobody.status == 75)
        #expect(try download("huge").status == 74)
        let refused = try download("agent")
        #expect(refused.status == 69)
        #expect(refused.errors.contains("--user-agent"))
        #expect(try download("agent", ["--user-agent", "gulls (tester@example.org)"]).status == 0)
    }

    @Test(arguments: ["fine", "nostatus"])
    func `latest is the newest that is done, with its index`(scenario: String) throws {
        let outcome = try Binary.run(arguments(scenario, ["--quiet"]))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let date = scenario == "fine" ? "20260101" : "20260201"
        let head = "xxwiki-\(date)-pages-articles-multistream"
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("d")).sorted() == [
                "\(head)-index.txt.bz2", "\(head).xml.bz2",
            ])
    }

    @Test func `the dumps there are can be listed`() throws {
        let outcome = try Binary.run(
            ["download", "wikipedia", "--language", "xx", "--mirror", server.mirror("fine"), "--list"])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.map { $0.prefix(8) } == ["20251201", "20260101", "20260201"])
        #expect(lines.map { $0.contains("not done") } == [false, false, true])
    }
}
