import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

/// What was taken out of a corpus does not come back with another source.
@Suite struct RemovedTextsTests {
    private let directory = TemporaryDirectory()
    private var corpus: String { directory.file("corpus") }

    private static func line(_ id: String, _ text: String) -> String {
        "{\"id\":\"\(id)\",\"title\":\"T \(id)\",\"text\":\"\(text)\"}\n"
    }

    @Test(arguments: [false, true])
    func `a text that was taken out is refused whatever brings it again`(deduplicate: Bool) throws {
        var configuration = IngestConfiguration()
        configuration.deduplicate = deduplicate
        let lines = Self.line("a", "Seen on the ward.") + Self.line("b", "Sent home.")
        let first = try directory.write(lines, to: "first.jsonl")
        _ = try ingest([first], into: corpus, configuration)
        #expect(try CorpusRemoval(corpus).remove([1], reason: "withdrawn", toolVersion: "test") == 1)
        // The same file under another name, and another one that holds the text between white space.
        let second = try directory.write(lines, to: "second.jsonl")
        let third = try directory.write(
            Self.line("z", "  Seen on the ward. ") + Self.line("y", "New."), to: "x.jsonl")
        let result = try ingest([first, second, third], into: corpus, configuration)
        #expect(result.rejections["removed"] == 2)
        #expect(result.texts == ["", "Sent home."] + (deduplicate ? [] : ["Sent home."]) + ["New."])
        let rows = try rejections(reason: "removed")
        let detail = "same text as document 1, which was taken out"
        #expect(rows == ["a||\(detail)", "z||\(detail)"])
    }

    @Test func `what is left of a text without its repeated paragraphs is refused too`() throws {
        var configuration = IngestConfiguration()
        configuration.selection.paragraphs.deduplicate = true
        configuration.selection.paragraphs.minimumBytes = 5
        let shared = "A paragraph that both have."
        let lines = Self.line("a", shared) + Self.line("b", "\(shared)\\nThe patient's own words.")
        let first = try directory.write(lines, to: "first.jsonl")
        let before = try ingest([first], into: corpus, configuration)
        #expect(before.texts == [shared, "The patient's own words."])
        _ = try CorpusRemoval(corpus).remove([2], reason: "", toolVersion: "test")
        let again = try directory.write(Self.line("c", "\(shared)\\nThe patient's own words."), to: "again.jsonl")
        let result = try ingest([first, again], into: corpus, configuration)
        #expect(result.texts == [shared, ""])
        #expect(result.rejections == ["removed": 1])
    }

    private func rejections(reason: String) throws -> [String] {
        try CorpusReader(corpus).rejections(reason: reason, limit: 10).map {
            "\($0.externalID)|\($0.title)|\($0.detail)"
        }
    }
}
