import Foundation
import GRDB
import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

/// Sources that are damaged at their ends, foreign or unreadable, alone and among sound ones.
@Suite struct IngestDamageTests {
    let directory = TemporaryDirectory()

    private func dump(_ pages: Int) -> [UInt8] { Array(IngestRunTests.manyPages(pages).utf8) }

    private func documents(_ bytes: [UInt8], _ name: String) throws -> [CorpusDocument] {
        try ingest([directory.write(bytes, to: name)], into: directory.file(name + "-whole")).documents
    }

    @Test func `what was decoded before trailing bytes or a cut trailer is kept`() throws {
        let text = dump(200)
        let expected = try documents(text, "a.xml")
        let cases = [
            ("tail.xml.gz", Compressors.gzip(text) + [0x78]),
            ("padded.xml.gz", Compressors.gzip(text) + [UInt8](repeating: 0, count: 512)),
            ("cut.xml.gz", Array(Compressors.gzip(text).dropLast(1))),
            ("cut.xml.zst", Array(Compressors.zstandard(text).dropLast(4))),
            ("tail.xml.zst", Compressors.zstandard(text) + Array("junk".utf8)),
        ]
        for (name, bytes) in cases {
            let path = try directory.write(bytes, to: name)
            let output = directory.file(name + "-corpus")
            #expect(throws: Failure.self) { try ingest([path], into: output) }
            let result = try ingest([path], into: output, keepGoing: true)
            #expect(result.documents == expected, "\(name)")
            #expect(result.rejections["damaged"] == 1, "\(name)")
        }
    }

    @Test func `a first block that is damaged costs its pages alone`() throws {
        let text = dump(400)
        let half = text.count / 2
        var bytes = Compressors.bzip2(Array(text[..<half]))
        bytes[bytes.count / 3] ^= 0x10
        bytes += Compressors.bzip2(Array(text[half...]))
        let path = try directory.write(bytes, to: "first.xml.bz2")
        #expect(throws: Failure.self) { try ingest([path], into: directory.file("corpus")) }
        let result = try ingest([path], into: directory.file("corpus"), keepGoing: true)
        #expect(result.summary.documents > 100)
        #expect(result.rejections["damaged", default: 0] > 0)
    }

    @Test func `one bad source keeps no other out, and is recorded once that is accepted`() throws {
        try directory.write(dump(5), to: "folder/a.xml")
        try directory.write([UInt8]("<config>no dump</config>".utf8), to: "folder/b.xml")
        try directory.write([], to: "folder/c.jsonl")
        try directory.write([UInt8]("name,body\n1,x\n".utf8), to: "folder/d.csv")
        try directory.write([UInt8]("{\"text\":\"sound\"}\n".utf8), to: "folder/e.jsonl")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("folder/f.txt"), withDestinationPath: "/nowhere")
        let output = directory.file("corpus")
        let failure = #expect(throws: Failure.self) { try ingest([directory.file("folder")], into: output) }
        #expect(failure?.code == .badData)
        let partial = try CorpusReader(output, requireComplete: false)
        #expect(partial.statistics.documents == 6)
        let result = try ingest([directory.file("folder")], into: output, keepGoing: true)
        #expect(result.summary.documents == 6)
        #expect(result.rejections["damaged"] == 4)
        // And again: nothing is left to do.
        #expect(try ingest([directory.file("folder")], into: output).digest == result.digest)
    }

    @Test func `files whose names are no text are recorded and keep no other out`() throws {
        try directory.write([UInt8]("Ein Satz.".utf8), to: "folder/a.txt")
        let name = [UInt8]((directory.file("folder") + "/bad").utf8) + [0xFF] + [UInt8](".txt".utf8) + [0]
        let file = name.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { fopen($0.baseAddress!, "w") }
        }
        try #require(file != nil)
        fclose(file)
        let result = try ingest([directory.file("folder")], into: directory.file("corpus"), keepGoing: true)
        #expect(result.texts == ["Ein Satz."])
        #expect(result.rejections == ["damaged": 1])
    }

    @Test func `a corpus that nothing was committed to takes other options, another one names the difference`() throws {
        let table = try directory.write([UInt8]("name,body\n1,Ein Text\n".utf8), to: "a.csv")
        let output = directory.file("corpus")
        #expect(throws: Failure.self) { try ingest([table], into: output) }
        var configuration = IngestConfiguration()
        configuration.fields.text = "body"
        #expect(try ingest([table], into: output, configuration).texts == ["Ein Text"])
        configuration.minimumBytes = 3
        let failure = #expect(throws: Failure.self) { try ingest([table], into: output, configuration) }
        #expect(failure?.code == .cannotCreate)
        #expect(failure?.message.contains("0, now 3") == true, "\(failure?.message ?? "")")
        #expect((failure?.message.count ?? 9999) < 400)
    }

    @Test func `a database of something else is left alone`() throws {
        try Files.createDirectory(directory.file("corpus"))
        let path = directory.file("corpus/corpus.sqlite")
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE mine (a)") }
        let source = try directory.write([UInt8]("Ein Satz.".utf8), to: "a.txt")
        let failure = #expect(throws: Failure.self) { try ingest([source], into: directory.file("corpus")) }
        #expect(failure?.message.contains("'mine'") == true)
        let tables = try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
        }
        #expect(tables == ["mine"])
    }

    @Test func `lines and tables that were cut are damage, told with their byte`() throws {
        let line = "{\"id\":\"1\",\"text\":\"Ein Satz.\"}\n"
        let cases = [
            ("a.jsonl", line + "{\"id\":\"2\",\"text\":\"Noch ei", "byte \(line.utf8.count)"),
            ("b.csv", "text\nEin Satz.\n\"Noch ei", "byte 15"),
        ]
        for (name, text, place) in cases {
            let path = try directory.write([UInt8](text.utf8), to: name)
            let output = directory.file(name + "-corpus")
            let failure = #expect(throws: Failure.self) { try ingest([path], into: output) }
            #expect(failure?.message.contains(place) == true, "\(failure?.message ?? "")")
            let result = try ingest([path], into: output, keepGoing: true)
            #expect(result.texts == ["Ein Satz."] && result.rejections == ["damaged": 1])
        }
        // A line in the middle is malformed, and the last one needs no line feed.
        let path = try directory.write(
            [UInt8]("{\"text\":\"a\"}\n{\"text\":\n{\"text\":\"tab\there\"}".utf8), to: "c.jsonl")
        let result = try ingest([path], into: directory.file("c"))
        #expect(result.texts == ["a", "tab here"] && result.rejections == ["malformed": 1])
    }

    @Test func `dumps with prefixed names and files of white space are refused`() throws {
        for (name, text) in [("a.xml", "<mw:mediawiki><mw:page></mw:page></mw:mediawiki>"), ("b.xml", " \n\t\n")] {
            let path = try directory.write([UInt8](text.utf8), to: name)
            #expect(throws: Failure.self) { try ingest([path], into: directory.file(name + "-corpus")) }
        }
    }

    @Test func `a source that ends with its chunk has no empty one behind it`() throws {
        let text = dump(200)
        var configuration = IngestConfiguration()
        for bytes in [1_000, 5_000, 20_000, 33_333] {
            configuration.chunkBytes = bytes
            let output = directory.file("corpus-\(bytes)")
            _ = try ingest([directory.write(text, to: "a.xml")], into: output, configuration)
            let empty = try DatabaseQueue(path: output + "/corpus.sqlite").read {
                try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM chunk WHERE items = 0")
            }
            #expect(empty == 0)
        }
    }
}
