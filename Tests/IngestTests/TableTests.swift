import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct TableTests {
    let directory = TemporaryDirectory()

    func outcomes(
        _ text: String, kind: SourceEntry.Kind = .csv, pieces: Int = 1 << 20,
        _ change: (inout IngestConfiguration) -> Void = { _ in }
    ) throws -> RecordOutcomes {
        var configuration = IngestConfiguration()
        change(&configuration)
        let reader = try TableReader(PiecesSource(Array(text.utf8), size: pieces), kind: kind, configuration)
        return try recordOutcomes(reader, configuration)
    }

    @Test func `a quoted field that is longer than a row may be is told apart from one that nothing closes`() throws {
        let text = "id,text\n1,\"" + String(repeating: "x\n", count: 300) + "\"\n2,ok\n"
        let long = try outcomes(text) { $0.maxPageBytes = 200 }
        #expect(long.documents.map(\.externalID) == ["2"])
        #expect(long.rejections.first?.detail.contains("not closed within 200 bytes") == true)
        let open = try outcomes("id,text\n1,\"x\n2,ok\n")
        #expect(open.rejections.map(\.detail).first?.hasSuffix("a quoted field is not closed") == true)
    }

    @Test func `quoted fields hold delimiters, quotes and line ends, wherever the bytes are cut`() throws {
        let text =
            "\u{FEFF}id,text,title\r\n1,\"a, \"\"b\"\"\r\nc\",T\r\n\r\n2,5\" disk,\"\"\n3,\"\"\"\",\"x\ny\"\r\n4,last,\"end\""
        // A byte order mark is looked for in the first piece.
        for size in 3...text.utf8.count {
            let result = try outcomes(text, pieces: size)
            #expect(result.documents.map(\.externalID) == ["1", "2", "3", "4"])
            #expect(result.texts == ["a, \"b\"\r\nc", "5\" disk", "\"", "last"])
            #expect(result.documents.map(\.title) == ["T", "", "x y", "end"])
            #expect(result.rejections.isEmpty)
            #expect(result.rawBytes.reduce(0, +) == text.utf8.count)
        }
    }

    @Test func `ragged rows are left out with their number and line`() throws {
        let result = try outcomes("id,text\na,\"x\ny\"\nb\nc,1,2\nd,z\n")
        #expect(result.documents.map(\.externalID) == ["a", "d"])
        #expect(result.rejections.map(\.externalID) == ["row 2", "row 3"])
        #expect(
            result.rejections.map(\.detail) == [
                "row 2, line 4: has 1 fields, the first row has 2", "row 3, line 5: has 3 fields, the first row has 2",
            ])
    }

    @Test func `a quote that is never closed costs its own line`() throws {
        let result = try outcomes("id,text\n1,\"open\n2,fine\n3,\"good, too\"\n4,\"bad\" end\n5,ok\n6,\"open\n7,last\n")
        #expect(result.documents.map(\.externalID) == ["2", "3", "5", "7"])
        #expect(result.rejections.map(\.externalID) == ["row 1", "row 4", "row 6"])
        #expect(result.rejections.map(\.reason) == ["malformed", "malformed", "malformed"])
        #expect(result.rejections[1].detail.contains("line 5"))
    }

    @Test func `many stray quotes take linear time`() throws {
        let lines = 200_000
        let clock = ContinuousClock()
        for line in ["1,\"x\n", "1,\"\"\"x\n", "\"\"\"\n", "1,\"\"x\n", "1,x\"\"\n"] {
            let text = "id,text\n1,\"open\n" + String(repeating: line, count: lines)
            var count = 0
            let time = try clock.measure { count = try outcomes(text).rawBytes.count }
            #expect(count > lines / 4)
            #expect(time < .seconds(20), "\(line)")
        }
    }

    @Test func `columns go by number, delimiters by option, and tabs part the fields of tsv`() throws {
        let numbered = try outcomes("a;b \"c\"\nd;\"e;f\"\n") {
            $0.tables.header = .none
            $0.tables.delimiter = ";"
            $0.fields.text = "2"
            $0.fields.id = "1"
        }
        #expect(numbered.texts == ["b \"c\"", "e;f"])
        #expect(numbered.documents.map(\.externalID) == ["a", "d"])
        let tabs = try outcomes("text\tlicense\tdate\tlanguage\n\"x\" y\tMIT\t2020\ten\n", kind: .tsv) {
            $0.tables.quoting = .none
        }
        #expect(tabs.texts == ["\"x\" y"])
        #expect(tabs.documents[0].licence == "MIT")
        #expect(tabs.documents[0].revision == "2020")
        #expect(tabs.documents[0].language == "en")
        #expect(tabs.documents[0].externalID == "row 1")
    }

    @Test func `a missing column is a failure that names those there are`() throws {
        let first = #expect(throws: Failure.self) { try outcomes("id,body\n1,x\n") }
        #expect(first?.code == .badData)
        #expect(first?.message.contains("'text'") == true && first?.message.contains("'body'") == true)
        let second = #expect(throws: Failure.self) { try outcomes("text\nx\n") { $0.fields.title = "head" } }
        #expect(second?.message.contains("'head'") == true)
        let third = #expect(throws: Failure.self) { try outcomes("text\nx\n") { $0.tables.delimiter = "ab" } }
        #expect(third?.code == .usage)
        let fourth = #expect(throws: Failure.self) { try outcomes("\"text\nx\n") }
        #expect(fourth?.message.contains("first row") == true)
    }

    @Test func `a line above the limit is left out and the next one read`() throws {
        let long = String(repeating: "x", count: 5000)
        let text = "id,text\n1,\(long)\n2,\"\(long)\"\n3,short\n"
        for size in [7, 1000, 100_000] {
            let result = try outcomes(text, pieces: size) { $0.maxPageBytes = 1000 }
            #expect(result.documents.map(\.externalID) == ["3"])
            #expect(result.rejections.first?.reason == "too-large")
            #expect(result.rejections.count == 2)
        }
    }

    @Test func `rows are what another program wrote, whatever is in them`() throws {
        var generator = SeededGenerator(state: 3)
        let pieces = ["word ", ",", "\"", "\n", "\r\n", "é", "\t", ";", ""]
        for _ in 0..<200 {
            let texts = (0..<5).map { _ in
                (0..<Int.random(in: 1..<6, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
                    .joined()
            }
            let rows = texts.enumerated().map { "\($0.offset),\"\($0.element.replacing("\"", with: "\"\""))\"" }
            let result = try outcomes("id,text\r\n" + rows.joined(separator: "\r\n"), pieces: 11)
            #expect(result.texts == texts)
        }
    }

    @Test func `a compressed table becomes a corpus`() throws {
        let path = try directory.write(Compressors.gzip(Array("id,text\na,\"One.\nTwo.\"\nb,\n".utf8)), to: "t.csv.gz")
        let result = try ingest([path], into: directory.file("corpus"))
        #expect(result.texts == ["One.\nTwo."])
        #expect(result.rejections == ["empty": 1])
    }
}
