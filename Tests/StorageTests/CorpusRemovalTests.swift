import Foundation
import Streaming
import TestSupport
import Testing

@testable import Storage

@Suite struct CorpusRemovalTests {
    let directory = TemporaryDirectory()

    static func text(_ id: Int) -> String {
        "Patient \(id) of ward \(id % 3) was seen." + String(repeating: " x", count: id * 40)
    }

    /// A corpus of several chunks and blocks.
    func corpus(_ name: String, documents: Int = 2000) throws -> String {
        let path = directory.file(name)
        let writer = try CorpusWriter(path, configuration: "{}", toolVersion: "test")
        var source = try writer.source(uri: "a", kind: "text", bytes: 1, digest: "d", licence: "")
        for first in stride(from: 1, through: documents, by: 500) {
            try writer.beginChunk(of: source)
            for id in first..<(first + 500) {
                try writer.append(
                    CorpusDocument(externalID: "name \(id)", title: "Title \(id)", text: Array(Self.text(id).utf8)))
            }
            source = try writer.commitChunk(items: 500, rawBytes: 1, isLast: first + 500 > documents)
        }
        return path
    }

    func texts(_ path: String) throws -> [String] {
        let reader = try CorpusReader(path)
        return try reader.blocks.flatMap { try reader.texts(of: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// All bytes of all files, with what is compressed decompressed.
    func holds(_ path: String, _ words: String) throws -> Bool {
        for name in try Files.names(in: path) {
            let bytes = try Files.read(path + "/" + name)
            if bytes.firstRange(of: Array(words.utf8)) != nil { return true }
        }
        return try texts(path).contains { $0.contains(words) }
    }

    @Test func `removed documents are gone and the others stay as they were`() throws {
        let path = try corpus("corpus")
        let before = try texts(path)
        let blocks = try CorpusReader(path).blocks
        let removal = try CorpusRemoval(path)
        let ids: [Int64] = [1, 700, 701, 2000]
        #expect(try removal.remove(ids, reason: "asked for", toolVersion: "test") == 4)
        let after = try texts(path)
        #expect(after.count == before.count)
        for (index, pair) in zip(before, after).enumerated() {
            #expect(pair.1 == (ids.contains(Int64(index + 1)) ? "" : pair.0))
        }
        #expect(try !holds(path, "Title 700"))
        #expect(try CorpusReader(path).statistics.documents == 1996)
        #expect(try CorpusReader(path).statistics.removed == 4)
        // Only the blocks concerned were written again.
        let moved = zip(blocks, try CorpusReader(path).blocks).filter { $0.file != $1.file }
        #expect(
            moved.allSatisfy { block, _ in
                ids.contains { $0 >= block.firstDocument && $0 < block.firstDocument + Int64(block.count) }
            })
        #expect(moved.count < blocks.count)
        let reader = try CorpusReader(path)
        for block in reader.blocks { #expect(try reader.mismatches(of: block, reader.texts(of: block)).isEmpty) }
        #expect(try removal.remove(ids, reason: "again", toolVersion: "test") == 0)
    }

    @Test func `the old bytes are overwritten and the files stay whole zstd`() throws {
        let path = try corpus("corpus")
        let old = try #require(try CorpusReader(path).blocks.first)
        _ = try CorpusRemoval(path).remove([2], reason: "", toolVersion: "test")
        let bytes = try Files.read(path + "/" + old.file)
        #expect(bytes[old.offset..<(old.offset + 4)].elementsEqual([0x50, 0x2A, 0x4D, 0x18]))
        #expect(bytes[(old.offset + 8)..<(old.offset + old.size)].allSatisfy { $0 == 0 })
        #expect(try CorpusReader(path).unwiped() == 0)
    }

    @Test func `documents are found by their names, and unknown ones are a failure`() throws {
        let path = try corpus("corpus", documents: 500)
        let removal = try CorpusRemoval(path)
        #expect(try removal.documents(named: ["name 7", "name 9"]) == [7, 9])
        #expect(throws: Failure.self) { try removal.documents(named: ["nobody"]) }
        let failure = #expect(throws: Failure.self) { try removal.remove([3, 501], reason: "", toolVersion: "test") }
        #expect(failure?.code == .noInput)
        #expect(try texts(path)[2] == Self.text(3))
    }

    @Test func `a file of which nothing is left goes away`() throws {
        let path = try corpus("corpus", documents: 1000)
        let reader = try CorpusReader(path)
        let file = reader.blocks[0].file
        let ids = reader.blocks.filter { $0.file == file }.flatMap {
            $0.firstDocument..<($0.firstDocument + Int64($0.count))
        }
        _ = try CorpusRemoval(path).remove(ids, reason: "", toolVersion: "test")
        #expect(!Files.exists(path + "/" + file))
        #expect(try texts(path).filter { !$0.isEmpty }.count == 500)
    }
}
