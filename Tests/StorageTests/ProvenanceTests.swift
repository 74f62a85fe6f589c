import Storage
import Streaming
import TestSupport
import Testing

/// Where documents are from, as far as a corpus tells.
struct ProvenanceTests {
    private let folder = TemporaryDirectory()
    private var path: String { folder.file("corpus") }

    /// Two sources, one in two chunks: documents 1-2 and 6 of the first, 3-5 of the second.
    init() throws {
        let writer = try CorpusWriter(folder.file("corpus"), configuration: "{}", toolVersion: "test")
        func source(_ uri: String) throws -> CorpusSource {
            try writer.source(uri: uri, kind: "text", bytes: 9, digest: uri, licence: "CC0")
        }
        func write(_ names: [String], of uri: String, isLast: Bool) throws {
            try writer.beginChunk(of: source(uri))
            for name in names {
                let document = CorpusDocument(
                    externalID: name, revision: "r" + name, title: "The \(name)", url: "https://x/\(name)",
                    language: "en", licence: "CC0", text: Array("text of \(name)".utf8))
                _ = try writer.append(document)
            }
            _ = try writer.commitChunk(items: names.count, rawBytes: 9, isLast: isLast)
        }
        try write(["a", "b"], of: "first", isLast: false)
        try write(["c", "d", "e"], of: "second", isLast: true)
        try write(["f"], of: "first", isLast: true)
    }

    @Test func `a document's names are those it was entered with`() throws {
        let reader = try CorpusReader(path)
        let found = try #require(try reader.provenance(of: 4))
        #expect(found.source == "second" && found.kind == "text" && found.externalID == "d" && found.revision == "rd")
        #expect(found.title == "The d" && found.url == "https://x/d" && found.language == "en" && !found.isRemoved)
        #expect(try reader.provenance(of: 7) == nil && reader.provenance(of: 0) == nil)
    }

    @Test func `sources are found by the number of a document`() throws {
        let reader = try CorpusReader(path)
        let sources = try reader.documentSources()
        let names = (1...6).map { sources.source(of: $0).map { reader.sources[$0].uri } }
        #expect(names == ["first", "first", "second", "second", "second", "first"])
        #expect(sources.source(of: 0) == nil && sources.source(of: -5) == nil)
    }

    @Test func `a text is found by the number of its document, and told to be gone when it was taken out`() throws {
        let reader = try CorpusReader(path)
        #expect(try reader.text(of: 5) == Array("text of e".utf8))
        #expect(try reader.text(of: 6) == Array("text of f".utf8))
        #expect(try reader.text(of: 7) == nil && reader.text(of: 0) == nil)
        _ = try CorpusRemoval(path).remove([5], reason: "test", toolVersion: "test")
        let after = try CorpusReader(path)
        #expect(try after.provenance(of: 5)?.isRemoved == true && after.provenance(of: 4)?.isRemoved == false)
        #expect(try after.text(of: 5) == [])
    }
}
