import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct TextSourcesTests {
    let directory = TemporaryDirectory()

    func lines(_ text: String, limit: Int = 100, pieces: Int) throws -> [LineReader.Line] {
        var reader = LineReader(PiecesSource(Array(text.utf8), size: pieces), limit: limit)
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    @Test func `lines are the same however the bytes are cut`() throws {
        let text = "one\n\nthree\r\n" + String(repeating: "x", count: 101) + "\nlast"
        for size in 1...text.utf8.count {
            let found = try lines(text, pieces: size)
            #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "", "three\r", "", "last"])
            #expect(found.map(\.isTooLong) == [false, false, false, true, false])
            #expect(found.map(\.rawBytes) == [4, 1, 7, 102, 4])
        }
    }

    @Test func `text is one paragraph a line without blank lines`() {
        var loss: [Loss: LossCount] = [:]
        let text = "\u{FEFF}  A b.\r\n\r\n\tC.\rD.\u{2028}E.\n \nF \n\n"
        let result = TextNormalizer.normalize(Array(text.utf8), loss: &loss)
        #expect(String(decoding: result, as: UTF8.self) == "A b.\nC.\nD.\nE.\nF")
        #expect(loss.isEmpty)
        #expect(TextNormalizer.normalize(Array(" \n\r\n".utf8), loss: &loss).isEmpty)
    }

    @Test func `lines of JSON become documents, bad ones rows of what was left out`() throws {
        let path = try directory.write(
            """
            {"id":"a","text":"Eins.\\r\\n\\nZwei.","title":"T","url":"http://x/a","language":"de","licence":"CC0"}
            {"id":17,"text":"Mit Zahl"}

            {"text":"ohne Namen","license":"MIT"}
            {"id":"b"}
            not json
            [1,2]
            {"id":"c","text":"  "}
            {"id":"d","text":"\\ud83e\\udd56"}
            {"id":1,"text":"eins"}
            {"id":true,"text":"wahr"}

            """, to: "a.jsonl")
        let result = try ingest([path], into: directory.file("corpus"))
        #expect(result.documents.map(\.externalID) == ["a", "17", "row 4", "d", "1", "row 11"])
        #expect(result.texts == ["Eins.\nZwei.", "Mit Zahl", "ohne Namen", "🥖", "eins", "wahr"])
        #expect(result.documents[0].title == "T")
        #expect(result.documents[0].language == "de")
        #expect(result.documents.map(\.licence) == ["CC0", "", "MIT", "", "", ""])
        #expect(result.rejections == ["malformed": 3, "empty": 1])
        #expect(result.summary.rejected == 4)
    }

    @Test func `invalid bytes in a line are repaired and counted`() throws {
        let path = try directory.write(
            Array("{\"id\":\"a\",\"text\":\"x".utf8) + [0xFF] + Array("y\"}\n".utf8), to: "a.jsonl")
        let result = try ingest([path], into: directory.file("corpus"))
        #expect(result.texts == ["x\u{FFFD}y"])
        #expect(result.losses[Loss(kind: "encoding", name: "invalid-utf8")] == LossCount(count: 1, bytes: 1))
    }

    @Test func `a file without any valid line fails and leaves nothing behind`() throws {
        let bad = try directory.write("{\"body\":\"x\"}\nnot json\n", to: "bad.jsonl")
        let good = try directory.write("{\"id\":\"a\",\"text\":\"x\"}\n", to: "good.jsonl")
        let corpus = directory.file("corpus")
        let failure = #expect(throws: Failure.self) { try ingest([bad], into: corpus) }
        #expect(failure?.code == .badData)
        #expect(failure?.description.contains("'text'") == true)
        #expect(try ingest([good], into: corpus).texts == ["x"])
    }

    @Test func `other field names are obeyed`() throws {
        let path = try directory.write("{\"key\":\"k\",\"body\":\"B\",\"head\":\"H\"}", to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.fields.id = "key"
        configuration.fields.text = "body"
        configuration.fields.title = "head"
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.documents == [CorpusDocument(externalID: "k", title: "H", text: Array("B".utf8))])
    }

    @Test func `the texts of a folder are one source in the order of their names, others are told of`() throws {
        try directory.write(Array("zwei".utf8), to: "in/b.txt")
        try directory.write(Compressors.gzip(Array("eins".utf8)), to: "in/a.txt.gz")
        try directory.write([], to: "in/c/empty.txt")
        try directory.write(Array("drei".utf8), to: "in/c/d.txt")
        try directory.write(Array("%PDF".utf8), to: "in/paper.pdf")
        try directory.write("{\"id\":\"j\",\"text\":\"jsonl\"}", to: "in/x.jsonl")
        let result = try ingest([directory.file("in/")], into: directory.file("in/corpus"))
        #expect(result.documents.map(\.externalID) == ["j", "a.txt.gz", "b.txt", "c/d.txt"])
        #expect(result.documents.map(\.title) == ["", "a", "b", "d"])
        #expect(result.texts == ["jsonl", "eins", "zwei", "drei"])
        #expect(result.rejections == ["empty": 1, "unknown-format": 1])
        // Again: all is there, and the corpus inside the folder is not taken for a source.
        let again = try ingest([directory.file("in")], into: directory.file("in/corpus"))
        #expect(again.digest == result.digest)
    }

    @Test func `passages between blank lines can be documents`() throws {
        let path = try directory.write("A\nB\n\n\n C\n \nD", to: "a.txt")
        var configuration = IngestConfiguration()
        configuration.textDocuments = .passage
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.texts == ["A\nB", "C", "D"])
        #expect(result.documents.map(\.externalID) == ["1", "2", "3"])
    }

    @Test func `what is too large or too short is left out`() throws {
        try directory.write(String(repeating: "x", count: 2000), to: "large.txt")
        try directory.write("short", to: "short.txt")
        try directory.write("long enough", to: "text.txt")
        var configuration = IngestConfiguration()
        configuration.maxPageBytes = 1000
        configuration.minimumBytes = 10
        let sources = ["large.txt", "short.txt", "text.txt"].map { directory.file($0) }
        let result = try ingest(sources, into: directory.file("corpus"), configuration)
        #expect(result.texts == ["long enough"])
        #expect(result.rejections == ["too-large": 1, "short": 1])
    }

    @Test func `an unknown file is told by its content or refused`() throws {
        let dump = try directory.write(SmallDump.text, to: "dump")
        let json = try directory.write(" {\"id\":\"a\",\"text\":\"x\"}", to: "lines")
        let other = try directory.write("hello", to: "words")
        #expect(try ingest([dump, json], into: directory.file("corpus")).texts.last == "x")
        let failure = #expect(throws: Failure.self) { try ingest([other], into: directory.file("corpus")) }
        #expect(failure?.remedy?.contains("--format") == true)
        let misnamed = try directory.write(SmallDump.text, to: "dump.txt")
        let second = #expect(throws: Failure.self) { try ingest([misnamed], into: directory.file("other")) }
        #expect(second?.message.contains("MediaWiki dump") == true)
    }

    @Test func `nothing is made when a source is missing`() throws {
        let good = try directory.write("x", to: "a.txt")
        let failure = #expect(throws: Failure.self) {
            try ingest([good, directory.file("none.txt")], into: directory.file("corpus"))
        }
        #expect(failure?.code == .noInput)
        #expect(!Files.exists(directory.file("corpus")))
    }
}
