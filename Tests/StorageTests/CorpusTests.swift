import Foundation
import GRDB
import Streaming
import TestSupport
import Testing

@testable import Storage

@Suite struct CorpusTests {
    let directory = TemporaryDirectory()
    var corpus: String { directory.file("corpus") }

    func open(_ configuration: String = "{}") throws -> CorpusWriter {
        try CorpusWriter(corpus, configuration: configuration, toolVersion: "test")
    }

    static func document(_ number: Int) -> CorpusDocument {
        CorpusDocument(
            externalID: "d\(number)", revision: "r", title: "Title \(number)", url: "u", language: "en", licence: "CC0",
            text: Array("Text \(number). ".utf8) + [UInt8](repeating: 0x61, count: number * 997 % 5000))
    }

    func source(_ writer: CorpusWriter, digest: String = "digest") throws -> CorpusSource {
        try writer.source(uri: "a.xml", kind: "mediawiki", bytes: 10, digest: digest, licence: "")
    }

    /// Writes `chunks` chunks of ten documents each, going on where an earlier writer stopped.
    func fill(_ writer: CorpusWriter, chunks: Range<Int>, last: Int) throws {
        var source = try source(writer)
        for chunk in chunks {
            try writer.beginChunk(of: source)
            for number in (chunk * 10)..<(chunk * 10 + 10) { try writer.append(Self.document(number)) }
            writer.reject(Rejection(externalID: "x\(chunk)", title: "X", reason: "redirect", detail: "Y"))
            writer.add(loss: [Loss(kind: "template", name: "convert"): LossCount(count: 1, bytes: chunk)])
            source = try writer.commitChunk(items: 11, rawBytes: 100, isLast: chunk == last)
        }
    }

    func texts(_ reader: CorpusReader) throws -> [[UInt8]] { try reader.blocks.flatMap { try reader.texts(of: $0) } }

    @Test func `what is written is read back in order`() throws {
        try fill(open(), chunks: 0..<3, last: 2)
        let reader = try CorpusReader(corpus)
        #expect(try texts(reader) == (0..<30).map { Self.document($0).text })
        let known = try reader.documents(11...12)
        #expect(known.map(\.id) == [11, 12])
        var expected = Self.document(10)
        expected.text = []
        #expect(known[0].document == expected)
        #expect(reader.statistics.documents == 30)
        #expect(reader.statistics.rejected == 3)
        #expect(reader.statistics.rawBytes == 300)
        #expect(reader.statistics.textBytes == (0..<30).reduce(0) { $0 + Self.document($1).text.count })
        #expect(try reader.rejectionCounts().map(\.count) == [3])
        #expect(try reader.losses(limit: 5).first?.count == LossCount(count: 3, bytes: 3))
        #expect(try reader.meta("tool_version") == "test")
    }

    @Test func `sealed chunks are durable once the writer has settled or is gone`() throws {
        var writer: CorpusWriter? = try open()
        var source = try source(#require(writer))
        for chunk in 0..<3 {
            try writer?.beginChunk(of: source)
            for number in 0..<10 { try writer?.append(Self.document(chunk * 10 + number)) }
            source = try #require(try writer?.sealChunk(items: 10, rawBytes: 100, isLast: chunk == 2))
            #expect(source.chunks == chunk + 1)
            #expect(source.items == 10 * (chunk + 1))
        }
        writer = nil
        let reader = try CorpusReader(corpus)
        #expect(reader.statistics.documents == 30)
        #expect(
            try open().source(uri: "a.xml", kind: "mediawiki", bytes: 10, digest: "digest", licence: "").chunks == 3)
    }

    @Test func `a commit that failed is told by the next call`() throws {
        let writer = try open()
        let source = try source(writer)
        try writer.beginChunk(of: source)
        for number in 0..<400 { try writer.append(Self.document(number)) }
        // The finished file cannot get its name: a folder with something in it has it.
        let name = corpus + "/documents-00001.zst"
        try FileManager.default.createDirectory(atPath: name + "/x", withIntermediateDirectories: true)
        _ = try writer.sealChunk(items: 400, rawBytes: 100, isLast: true)
        #expect(throws: Failure.self) { try writer.settle() }
        try FileManager.default.removeItem(atPath: name)
        #expect(
            try writer.source(uri: "a.xml", kind: "mediawiki", bytes: 10, digest: "digest", licence: "").chunks == 0)
    }

    @Test func `blocks are closed at a mebibyte and hold whole documents`() throws {
        let writer = try open()
        let source = try source(writer)
        let text = [UInt8](repeating: 0x62, count: 300_000)
        try writer.beginChunk(of: source)
        for number in 0..<10 { try writer.append(CorpusDocument(externalID: "\(number)", text: text)) }
        _ = try writer.commitChunk(items: 10, rawBytes: 3_000_000, isLast: true)
        let reader = try CorpusReader(corpus)
        #expect(reader.blocks.map(\.count) == [4, 4, 2])
        #expect(reader.blocks.map(\.firstDocument) == [1, 5, 9])
    }

    @Test func `a writer that goes on gives the corpus of one that never stopped`() throws {
        try fill(open(), chunks: 0..<4, last: 3)
        let whole = try CorpusReader(corpus).digest()
        try Files.remove(corpus)
        do {
            let writer = try open()
            try fill(writer, chunks: 0..<2, last: 3)
            // An open chunk that is never committed: a kill.
            try writer.beginChunk(of: source(writer))
            for number in 0..<2000 { try writer.append(Self.document(number)) }
        }
        #expect(throws: Failure.self) { try CorpusReader(corpus) }
        let names = try Files.names(in: corpus)
        #expect(names.contains { $0.hasSuffix(".partial") })
        try fill(open(), chunks: 2..<4, last: 3)
        #expect(try CorpusReader(corpus).digest() == whole)
        #expect(try !Files.names(in: corpus).contains { $0.hasSuffix(".partial") })
    }

    @Test func `a damaged block is reported with its place`() throws {
        try fill(open(), chunks: 0..<2, last: 1)
        let block = try CorpusReader(corpus).blocks[1]
        let path = corpus + "/" + block.file
        var bytes = try Files.read(path)
        bytes[block.offset + block.size / 2] ^= 1
        try Files.write(bytes, to: path)
        let reader = try CorpusReader(corpus)
        _ = try reader.texts(of: reader.blocks[0])
        let failure = #expect(throws: Failure.self) { try reader.texts(of: reader.blocks[1]) }
        #expect(failure?.code == .badData)
        #expect(failure?.place == path)
        #expect(failure?.message == "block \(block.id) at byte \(block.offset) has another checksum than its index")
    }

    @Test func `a block file cut short or gone is reported`() throws {
        try fill(open(), chunks: 0..<1, last: 0)
        let reader = try CorpusReader(corpus)
        let path = corpus + "/" + reader.blocks[0].file
        try Files.write(Array(try Files.read(path).dropLast()), to: path)
        let short = #expect(throws: Failure.self) { try reader.texts(of: reader.blocks[0]) }
        #expect(short?.code == .badData)
        #expect(short?.message.contains("ends at byte") == true)
        try Files.remove(path)
        #expect(#expect(throws: Failure.self) { try reader.texts(of: reader.blocks[0]) }?.code == .noInput)
    }

    @Test func `another format version is refused`() throws {
        try fill(open(), chunks: 0..<1, last: 0)
        try DatabaseQueue(path: corpus + "/corpus.sqlite").write {
            try $0.execute(sql: "UPDATE meta SET value = '99' WHERE key = 'format_version'")
        }
        let failure = #expect(throws: Failure.self) { try CorpusReader(corpus) }
        #expect(failure?.code == .badData)
        #expect(failure?.message == "has format version 99, this program reads \(CorpusSchema.version)")
        #expect(throws: Failure.self) { try open() }
    }

    @Test func `a corpus of format version 2 is upgraded when opened`() throws {
        try fill(open(), chunks: 0..<1, last: 0)
        let blocks = try CorpusReader(corpus).blocks.count
        let index = try DatabaseQueue(path: corpus + "/corpus.sqlite")
        try index.write {
            try $0.execute(
                sql: """
                    ALTER TABLE document DROP COLUMN journal;
                    ALTER TABLE removed DROP COLUMN digest;
                    UPDATE meta SET value = '2' WHERE key = 'format_version';
                    """)
        }
        #expect(try CorpusReader(corpus).blocks.count == blocks)
        let version = try index.read {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'format_version'")
        }
        #expect(version == "\(CorpusSchema.version)")
    }

    @Test func `folders that are no corpus are refused`() throws {
        #expect(#expect(throws: Failure.self) { try CorpusReader(directory.file("none")) }?.code == .noInput)
        try Files.createDirectory(corpus)
        #expect(#expect(throws: Failure.self) { try CorpusReader(corpus) }?.code == .noInput)
        try directory.write("mine", to: "corpus/letter.txt")
        let foreign = #expect(throws: Failure.self) { try open() }
        #expect(foreign?.code == .cannotCreate)
        #expect(try Files.names(in: corpus) == ["letter.txt"])
    }

    @Test func `an index that is no database or another kind's is refused`() throws {
        try Files.createDirectory(corpus)
        try directory.write(String(repeating: "no database ", count: 500), to: "corpus/corpus.sqlite")
        #expect(#expect(throws: Failure.self) { try CorpusReader(corpus) }?.code == .badData)
        try Files.remove(corpus)
        try fill(open(), chunks: 0..<1, last: 0)
        try DatabaseQueue(path: corpus + "/corpus.sqlite").write {
            try $0.execute(sql: "UPDATE meta SET value = 'shards' WHERE key = 'kind'")
        }
        let failure = #expect(throws: Failure.self) { try CorpusReader(corpus) }
        #expect(failure?.message == "is not the index of a corpus")
    }

    @Test func `one writer at a time`() throws {
        let first = try open()
        #expect(#expect(throws: Failure.self) { try open() }?.code == .tryAgain)
        _ = try source(first)
    }

    @Test func `other options and changed sources are refused`() throws {
        try fill(open("{\"a\":1}"), chunks: 0..<1, last: 0)
        let options = #expect(throws: Failure.self) { try open("{\"a\":2}") }
        #expect(options?.code == .cannotCreate)
        let writer = try open("{\"a\":1}")
        let changed = #expect(throws: Failure.self) { try source(writer, digest: "other") }
        #expect(changed?.place == "a.xml")
    }

    @Test func `a corpus is held to what was agreed on`() throws {
        let writer = try open()
        try writer.agree("against other", "1", on: "the corpus other")
        try writer.agree("against other", "1", on: "the corpus other")
        let failure = #expect(throws: Failure.self) { try writer.agree("against other", "2", on: "the corpus other") }
        #expect(failure?.message == "was made with another state of the corpus other")
    }

    @Test func `a source without a chunk can be forgotten, one with chunks not`() throws {
        let writer = try open()
        try writer.forget(source(writer))
        #expect(try CorpusReader(corpus, requireComplete: false).sources.isEmpty)
        try fill(writer, chunks: 0..<1, last: 5)
        try writer.forget(source(writer))
        #expect(try CorpusReader(corpus, requireComplete: false).sources.count == 1)
    }
}
