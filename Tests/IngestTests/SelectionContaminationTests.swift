import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionContaminationTests {
    private let directory = TemporaryDirectory()
    private static let words = SelectionDuplicateTests.prose(21, words: 60)

    private static func text(_ range: Range<Int>) -> String { words[range].joined(separator: " ") }

    private func table(_ lines: [String], name: String = "dev.tsv") throws -> ContaminationTable {
        try ContaminationTable([try directory.write(lines.joined(separator: "\n") + "\n", to: name)])
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `thirteen words in a row are found, twelve are not`() throws {
        let table = try table(["index\tsentence", "7\t" + Self.text(0..<30)])
        #expect(table.count == 18)
        let found = table.firstPassage(in: Self.bytes("So it begins: " + Self.text(5..<18) + " and on."))
        #expect(found?.hasPrefix("13 words of ") == true)
        #expect(found?.hasSuffix("dev.tsv row 2") == true)
        #expect(table.firstPassage(in: Self.bytes("So it begins: " + Self.text(5..<17) + " and on.")) == nil)
    }

    @Test func `case, punctuation and line ends do not hide a passage`() throws {
        let table = try table([Self.text(0..<13)])
        let words = Self.words[..<13].map { $0.uppercased() }
        let disguised = words[..<6].joined(separator: ", ") + "!\n“" + words[6...].joined(separator: "” — (")
        #expect(table.firstPassage(in: Self.bytes(disguised)) != nil)
    }

    @Test func `a short example counts as a whole, a very short one not at all`() throws {
        let table = try table([Self.text(0..<9) + "\t" + Self.text(20..<27)])
        #expect(table.lengths == [9])
        #expect(table.firstPassage(in: Self.bytes("x " + Self.text(0..<9) + " y")) != nil)
        #expect(table.firstPassage(in: Self.bytes("x " + Self.text(0..<8) + " y")) == nil)
        #expect(table.firstPassage(in: Self.bytes("x " + Self.text(20..<27) + " y")) == nil)
    }

    @Test func `strings of JSON lines are examples, whatever their escapes`() throws {
        let text = Self.words[..<13].joined(separator: "\\n")
        let table = try table(["{\"a\": {\"b\": [1, \"\(text)\"]}}"], name: "dev.jsonl")
        #expect(table.firstPassage(in: Self.bytes(Self.text(0..<14))) != nil)
    }

    @Test func `a contaminated document is set aside, and the benchmark must stay the same`() throws {
        let benchmark = try directory.write(Self.text(0..<20) + "\n", to: "dev.tsv")
        let lines = [Self.text(30..<50), "a " + Self.text(0..<20)].enumerated().map {
            "{\"id\":\"\($0)\",\"text\":\"\($1)\"}\n"
        }
        let path = try directory.write(lines.joined(), to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.selection.decontaminate = [benchmark]
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.documents.map(\.externalID) == ["0"])
        #expect(result.rejections == ["contaminated": 1])
        try directory.write("other\n", to: "dev.tsv")
        #expect(throws: Failure.self) { try ingest([path], into: directory.file("corpus"), configuration) }
    }

    @Test(.enabled(if: SharedData.isThere)) func `a GLUE file finds its own sentences`() throws {
        let path = SharedData.path("glue/RTE/dev.tsv")
        let table = try ContaminationTable([path])
        #expect(table.count > 5_000)
        let rows = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").dropFirst()
        let found = rows.filter { row in
            let premise = row.split(separator: "\t")[1]
            return table.firstPassage(in: Self.bytes("Before. \(premise) After.")) != nil
        }
        // All but premises of fewer than eight words.
        #expect(found.count > rows.count * 95 / 100)
    }
}
