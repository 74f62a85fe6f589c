import Foundation
import TestSupport
import Testing

/// Bad input ends with one line that says what, where and what to do, and with the sysexits code.
@Suite struct BadInputTests {
    private let folder = TemporaryDirectory()
    private var corpus: String { folder.file("corpus") }

    private func expectFailure(
        _ arguments: [String], status: Int32, says parts: String..., fileSizeLimit: Int? = nil
    ) throws {
        // Filters have no progress to silence.
        let quiet = arguments[0] == "tokenize" ? [] : ["--quiet"]
        let outcome = try Binary.run(arguments + quiet, fileSizeLimit: fileSizeLimit)
        let lines = outcome.errors.split(separator: "\n")
        #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
        #expect(lines.count == 1, "\(outcome.errors)")
        for part in parts { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
    }

    private func ingestable() throws -> String {
        let text = (0..<400).map { "Page \($0) tells of the harbour, the gulls and the weather of day \($0)." }
        return try folder.write(text.joined(separator: "\n"), to: "notes.txt")
    }

    @Test func `a missing file`() throws {
        try expectFailure(
            ["ingest", folder.file("nothing.xml"), "--output", corpus], status: 66, says: "nothing.xml",
            "check the path")
    }

    @Test func `an empty file`() throws {
        let path = try folder.write("", to: "empty.xml")
        try expectFailure(["ingest", path, "--output", corpus], status: 65, says: "empty.xml", "empty")
    }

    @Test func `a file that is not XML`() throws {
        let path = try folder.write("This is no dump at all.\nNot at all.", to: "prose.xml")
        try expectFailure(["ingest", path, "--output", corpus], status: 65, says: "prose.xml")
    }

    @Test func `a truncated bz2 dump leaves nothing that is taken for whole`() throws {
        let dump = Binary.package + "/pipelines/quickstart/quickstart-wiki.xml.bz2"
        let bytes = try Data(contentsOf: URL(filePath: dump))
        let path = folder.file("cut.xml.bz2")
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
        try expectFailure(["ingest", path, "--output", corpus], status: 65, says: "cut.xml.bz2")
        try expectFailure(
            ["vocab", corpus, "--size", "300", "--output", folder.file("v/vocab.txt")], status: 65, says: "ingest")
    }

    @Test func `a page with invalid UTF-8 is kept, with U+FFFD, and counted`() throws {
        var xml = Data(
            """
            <mediawiki xml:lang="en"><siteinfo><namespaces><namespace key="0" /></namespaces></siteinfo>
            <page><title>Gull</title><ns>0</ns><id>1</id><revision><id>2</id><text>A gull 
            """.utf8)
        xml.append(contentsOf: [0xC3, 0x28, 0xFF])
        xml.append(Data(" flew over the harbour.</text></revision></page></mediawiki>".utf8))
        let path = folder.file("broken.xml")
        try xml.write(to: URL(filePath: path))
        let outcome = try Binary.run(["ingest", path, "--output", corpus, "--quiet"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let text = try Binary.run(["inspect", corpus, "--text"]).output
        #expect(text.contains("\u{FFFD}"))
        #expect(text.contains("flew over the harbour."))
        #expect(try Binary.run(["inspect", corpus]).output.contains("invalid-utf8"))
    }

    @Test func `a vocabulary without [UNK]`() throws {
        let path = try folder.write("[PAD]\n[CLS]\n[SEP]\n[MASK]\na\nb\n", to: "vocab.txt")
        try expectFailure(["tokenize", "--vocab", path], status: 65, says: "vocab.txt", "[UNK]")
    }

    @Test func `another file is not overwritten, nor another folder used`() throws {
        let notes = try ingestable()
        try expectFailure(["ingest", notes, "--output", folder.path], status: 73, says: "corpus.sqlite")
        #expect(try Binary.run(["ingest", notes, "--output", corpus, "--quiet"]).status == 0)
        let mine = try folder.write("mine", to: "vocab.txt")
        try expectFailure(["vocab", corpus, "--size", "300", "--output", mine], status: 73, says: "vocab.txt")
        #expect(try String(contentsOfFile: mine, encoding: .utf8) == "mine")
    }

    @Test func `shards and corpora of another format version`() throws {
        let shards = try toyShards()
        for (name, path) in [("corpus.sqlite", corpus), ("shards.sqlite", shards)] {
            try alter(path + "/" + name, "UPDATE meta SET value = '99' WHERE key = 'format_version'")
            try expectFailure(["inspect", path], status: 65, says: name, "version 99")
        }
        try expectFailure(
            ["pretrain", shards, "--model", "tiny", "--steps", "1", "--output", folder.file("run")], status: 65,
            says: "version 99")
    }

    @Test func `a flipped bit in a shard is found by verify`() throws {
        let shards = try toyShards()
        #expect(try Binary.run(["verify", shards, "--quiet"]).status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: shards)
        let part = try #require(names.first { $0.hasPrefix("part-") })
        var bytes = try Data(contentsOf: URL(filePath: shards + "/" + part))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(filePath: shards + "/" + part))
        try expectFailure(["verify", shards], status: 65, says: part)
    }

    @Test func `shards that have lost their index are not taken for the vocabulary beside them`() throws {
        let shards = try toyShards()
        try FileManager.default.removeItem(atPath: shards + "/shards.sqlite")
        try expectFailure(["verify", shards], status: 66, says: "shards.sqlite")
        try expectFailure(["inspect", shards], status: 66, says: "shards.sqlite")
    }

    @Test func `a full disk ends with 74 and the next run goes on`() throws {
        let sources = folder.file("sources")
        try FileManager.default.createDirectory(atPath: sources, withIntermediateDirectories: true)
        var stream = SystemRandomNumberGenerator()
        // Words that do not compress, so that the limit on file size is met.
        let words = (0..<60_000).map { _ in String(stream.next(), radix: 36) }.joined(separator: " ")
        try words.write(toFile: sources + "/a.txt", atomically: true, encoding: .utf8)
        try expectFailure(
            ["ingest", sources, "--output", corpus], status: 74, says: "free some space", fileSizeLimit: 200)
        let resumed = try Binary.run(["ingest", sources, "--output", corpus, "--quiet"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try Binary.run(["verify", corpus, "--quiet"]).status == 0)
    }

    @Test func `wrong usage is 64 and names the option`() throws {
        for arguments in [
            ["ingest"], ["shard", "x"], ["vocab", "c", "--output", "v", "--size", "many"], ["nonsense"],
        ] {
            #expect(try Binary.run(arguments).status == 64, "\(arguments)")
        }
    }

    @Test func `a namespace that is none, and lists of them`() throws {
        let dump = Binary.package + "/pipelines/quickstart/quickstart-wiki.xml.bz2"
        try expectFailure(
            ["ingest", dump, "--output", corpus, "--namespace", "0,zz"], status: 64, says: "'zz'", "namespace")
        for (index, choice) in [["0,14"], ["14", "main"]].enumerated() {
            let output = folder.file("c\(index)")
            let options = choice.flatMap { ["--namespace", $0] }
            #expect(try Binary.run(["ingest", dump, "--output", output, "--quiet"] + options).status == 0)
        }
        let shown = try (0..<2).map { index in
            let digests = try Binary.run(["inspect", folder.file("c\(index)"), "--json"]).output.split(separator: ",")
            return digests.filter { $0.contains("digest") }
        }
        #expect(shown[0] == shown[1] && !shown[0].isEmpty)
    }

    @Test func `JSON that is not a line each is told with what is wrong with the first`() throws {
        for (text, part) in [
            ("[{\"text\":\"a\"},\n{\"text\":\"b\"}]\n", "row 1"), ("{\n\"text\":\"a\"\n}\n", "too early"),
        ] {
            let own = TemporaryDirectory()
            let path = try own.write(text, to: "array.jsonl")
            try expectFailure(["ingest", path, "--output", own.file("corpus")], status: 65, says: "'text'", part)
        }
    }

    @Test func `a folder that cannot be made is 73 for every command`() throws {
        let shards = try toyShards()
        let file = try folder.write("a\tb\n", to: "file")
        let recipe = try folder.write(
            "name: x\noutput: /proc/nowhere\ningest:\n  sources: \(folder.file("notes.txt"))\n", to: "x.yaml")
        for place in ["/proc/nowhere", file + "/below", folder.file(String(repeating: "n", count: 300))] {
            for command in [
                ["ingest", folder.file("notes.txt")], ["vocab", corpus, "--size", "200"],
                ["shard", corpus, "--vocab", folder.file("v")],
                ["pretrain", shards, "--model", "tiny", "--steps", "1"],
                ["export", shards, "--format", "jsonl"], ["download", "wikipedia", "--language", "xx"],
            ] {
                try expectFailure(command + ["--output", place], status: 73, says: "give another --output")
            }
        }
        try expectFailure(["run", recipe], status: 73, says: "/proc/nowhere")
        try expectFailure(["vocab", corpus, "--size", "200", "--output", "/proc"], status: 73, says: "/proc/")
        for command in [["ingest", folder.file("notes.txt")], ["vocab", corpus, "--size", "200"]] {
            try expectFailure(command + ["--output", ""], status: 64, says: "--output")
        }
    }

    private func toyShards() throws -> String {
        let shards = folder.file("shards")
        let steps = [
            ["ingest", try ingestable(), "--output", corpus],
            ["vocab", corpus, "--size", "200", "--output", folder.file("v/vocab.txt")],
            ["shard", corpus, "--vocab", folder.file("v"), "--output", shards, "--sequence-length", "64"],
        ]
        for step in steps {
            let outcome = try Binary.run(step + ["--quiet"])
            #expect(outcome.status == 0, "\(step): \(outcome.errors)")
        }
        return shards
    }

    private func alter(_ database: String, _ sql: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()", database,
            sql,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
