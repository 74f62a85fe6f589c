import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionDuplicateTests {
    private let directory = TemporaryDirectory()

    /// Sentences of made-up words: text that has nothing in common by chance.
    static func prose(_ seed: UInt64, words count: Int) -> [String] {
        var numbers = SelectionIndexTests.Numbers(state: seed)
        return (0..<count).map { _ in
            String((0..<5).map { _ in Character(Unicode.Scalar(UInt8(97 + numbers.next() % 26))) })
        }
    }

    private static func line(_ id: String, _ text: String) -> String {
        "{\"id\":\"\(id)\",\"text\":\"\(text.split(separator: "\n").joined(separator: "\\n"))\"}\n"
    }

    private static var near: IngestConfiguration {
        var configuration = IngestConfiguration()
        configuration.chunkBytes = 5_000
        configuration.selection.nearDuplicates.deduplicate = true
        return configuration
    }

    private static var paragraphs: IngestConfiguration {
        var configuration = IngestConfiguration()
        configuration.chunkBytes = 5_000
        configuration.selection.paragraphs.deduplicate = true
        return configuration
    }

    @Test func `a fingerprint is the same after its travel as words`() {
        var configuration = Self.near
        configuration.deduplicate = true
        configuration.selection.paragraphs.deduplicate = true
        let parts = DocumentFingerprint.Parts(configuration)
        let text = Array((Self.prose(1, words: 80).joined(separator: " ") + "\nshort\n").utf8)
        let fingerprint = DocumentFingerprint(of: text, parts)
        #expect(fingerprint.paragraphs.count == 6)
        #expect(fingerprint.signature.count == 32)
        #expect(DocumentFingerprint(words: fingerprint.words) == fingerprint)
        #expect(DocumentFingerprint(words: DocumentFingerprint().words) == DocumentFingerprint())
        for broken in [[], [1, 2], [2, 0, 0, 1], [UInt64.max, 1, 1, 5]] as [[UInt64]] {
            #expect(DocumentFingerprint(words: broken) == nil)
        }
    }

    @Test func `a near-duplicate is left out and names its twin`() throws {
        let first = Self.prose(1, words: 300)
        var second = first
        second[150] = "changed"
        var third = first
        for place in stride(from: 0, to: 300, by: 9) { third[place] = "other" }
        let lines = [first, Self.prose(2, words: 300), second, third].enumerated().map {
            Self.line("\($0)", $1.joined(separator: " "))
        }
        let path = try directory.write(lines.joined(), to: "a.jsonl")
        let result = try ingest([path], into: directory.file("corpus"), Self.near)
        #expect(result.documents.map(\.externalID) == ["0", "1", "3"])
        #expect(result.rejections == ["near-duplicate": 1])
    }

    @Test func `a paragraph that was seen before is dropped and counted`() throws {
        let (one, two, three) = (
            Self.prose(1, words: 20).joined(separator: " "), Self.prose(2, words: 20).joined(separator: " "),
            Self.prose(3, words: 20).joined(separator: " ")
        )
        let lines = [
            Self.line("a", one + "\nshort\n" + two), Self.line("b", "short\n" + three + "\n" + one),
            Self.line("c", one + "\nshort\n" + three), Self.line("d", "short\nshort"),
        ]
        let path = try directory.write(lines.joined(), to: "a.jsonl")
        let result = try ingest([path], into: directory.file("corpus"), Self.paragraphs)
        #expect(result.texts == [one + "\nshort\n" + two, "short\n" + three, "short\nshort"])
        #expect(result.rejections == ["repeated-paragraphs": 1])
        let lost = result.losses[Loss(kind: "paragraph", name: "repeated")]
        #expect(lost == LossCount(count: 3, bytes: 3 * one.utf8.count))
    }

    @Test func `what another corpus has is left out`() throws {
        let texts = (0..<6).map { Self.prose(UInt64($0), words: 100).joined(separator: " ") }
        let other = try directory.write(texts[..<3].map { Self.line("o", $0) }.joined(), to: "other.jsonl")
        let path = try directory.write(
            (texts[2...] + texts[5...]).enumerated().map { Self.line("\($0)", $1) }.joined(), to: "a.jsonl")
        _ = try ingest([other], into: directory.file("other"))
        var configuration = IngestConfiguration()
        configuration.selection.against = [directory.file("other")]
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        // Equal texts within the corpus are another rule's matter.
        #expect(result.documents.map(\.externalID) == ["1", "2", "3", "4"])
        #expect(result.rejections == ["duplicate": 1])
        let more = try directory.write(Self.line("x", "more"), to: "more.jsonl")
        _ = try ingest([more], into: directory.file("other"))
        let failure = #expect(throws: Failure.self) {
            try ingest([path], into: directory.file("corpus"), configuration)
        }
        #expect(failure?.message.contains("another state of the corpus") == true)
    }

    @Test func `near-duplicates and paragraphs of another corpus count as seen`() throws {
        let old = (0..<3).map { Self.prose(UInt64($0), words: 60).joined(separator: " ") }
        let other = try directory.write(Self.line("o", old.joined(separator: "\n")), to: "other.jsonl")
        _ = try ingest([other], into: directory.file("other"))
        let fresh = Self.prose(9, words: 60).joined(separator: " ")
        let lines = [Self.line("near", old.joined(separator: " x ")), Self.line("part", fresh + "\n" + old[1])]
        let path = try directory.write(lines.joined(), to: "a.jsonl")
        var configuration = Self.near
        configuration.selection.paragraphs.deduplicate = true
        configuration.selection.against = [directory.file("other")]
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.texts == [fresh])
        #expect(result.rejections == ["near-duplicate": 1])
    }

    struct Stop: Error {}

    /// Documents with repeated texts, paragraphs and near-duplicates among them.
    private static func mixture(_ count: Int) -> String {
        var numbers = SelectionIndexTests.Numbers(state: 99)
        var texts: [[String]] = []
        for number in 0..<count {
            var paragraphs = (0..<3).map { prose(UInt64(number * 3 + $0), words: 30).joined(separator: " ") }
            let chance = numbers.next() % 4
            if chance > 0, !texts.isEmpty {
                let earlier = texts[Int(numbers.next() % UInt64(texts.count))]
                switch chance {
                case 1: paragraphs = earlier
                case 2: paragraphs[1] = earlier[0]
                default: paragraphs = earlier.map { $0 + " x" }
                }
            }
            texts.append(paragraphs)
        }
        return texts.enumerated().map { line("\($0)", $1.joined(separator: "\n")) }.joined()
    }

    @Test func `all rules together give the same corpus for any jobs, any memory, and after every stop`() throws {
        var configuration = Self.near
        configuration.deduplicate = true
        configuration.selection.paragraphs.deduplicate = true
        let path = try directory.write(Self.mixture(150), to: "a.jsonl")
        let whole = try ingest([path], into: directory.file("whole"), configuration, jobs: 1)
        #expect(whole.rejections.count == 3)
        #expect(try CorpusReader(directory.file("whole")).sources[0].chunks > 8)
        var small = configuration
        small.selection.memoryBytes = SelectionConfiguration.leastMemoryBytes
        #expect(try ingest([path], into: directory.file("three"), small, jobs: 3).digest == whole.digest)
        let output = directory.file("stopped")
        var run = IngestRun(
            sources: [path], output: output, configuration: configuration, jobs: 2, progress: .quiet,
            toolVersion: "test")
        run.onCommit = { _, _ in throw Stop() }
        var isDone = false
        for _ in 0..<100 where !isDone { isDone = (try? run.run()) != nil }
        #expect(isDone)
        #expect(try CorpusReader(output).digest() == whole.digest)
    }
}
