import Foundation
import GRDB
import Streaming
import TestSupport
import Testing

@testable import Storage

/// The seal of a corpus: every bit of its index, also those that no row uses.
@Suite struct CorpusSealTests {
    let directory = TemporaryDirectory()
    private var index: String { directory.file("corpus/corpus.sqlite") }
    private var seal: String { directory.file("corpus/checksums.xxh128") }

    private func write(_ uri: String, documents: Int, finish: Bool = true) throws {
        let writer = try CorpusWriter(directory.file("corpus"), configuration: "{}", toolVersion: "test")
        let source = try writer.source(uri: uri, kind: "text", bytes: 1, digest: "d", licence: "")
        if source.chunks == 0 {
            try writer.beginChunk(of: source)
            for id in 1...documents {
                try writer.append(CorpusDocument(externalID: "\(uri) \(id)", text: Array("Gull \(id)".utf8)))
            }
            _ = try writer.commitChunk(items: documents, rawBytes: 1, isLast: true)
        }
        if finish { try writer.finish() }
    }

    private func problems() throws -> [String] {
        try CorpusReader(directory.file("corpus")).sealProblems().map(\.description)
    }

    @Test func `any changed byte of the index is seen`() throws {
        try write("a", documents: 300)
        #expect(try problems() == [])
        let whole = try Files.read(index)
        for place in stride(from: 0, to: whole.count, by: 211) {
            var bytes = whole
            bytes[place] ^= 4
            try Files.write(bytes, to: index)
            // Where SQLite itself cannot read on, that is told.
            let found = (try? problems()) ?? ["unreadable"]
            #expect(!found.isEmpty, "byte \(place)")
        }
        try Files.write(whole, to: index)
        #expect(try problems() == [])
    }

    @Test func `the seal goes before the index changes and comes back at the end`() throws {
        try write("a", documents: 3)
        let first = try Files.read(seal)
        // Nothing new: nothing changes.
        try write("a", documents: 3)
        #expect(try Files.read(seal) == first)
        // As if killed before the end.
        try write("b", documents: 3, finish: false)
        #expect(!Files.exists(seal))
        #expect(try problems().first?.contains("tessera ingest") == true)
        try write("b", documents: 3)
        #expect(try problems() == [])
        #expect(try Files.read(seal) != first)
        #expect(try CorpusRemoval(directory.file("corpus")).remove([2], reason: "r", toolVersion: "test") == 1)
        #expect(try problems() == [])
    }

    @Test func `a corpus of an earlier program has no seal and gets one with the next change`() throws {
        try write("a", documents: 3)
        try Files.remove(seal)
        let queue = try DatabaseQueue(path: index)
        try queue.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'seal'") }
        try queue.close()
        #expect(try problems() == [])
        try write("b", documents: 3)
        #expect(Files.exists(seal))
        #expect(try problems() == [])
    }
}
