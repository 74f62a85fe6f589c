import Foundation
import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct IngestRunTests {
    let directory = TemporaryDirectory()

    /// A dump of many pages, some of them left out.
    static func manyPages(_ count: Int) -> String {
        var text = SmallDump.header
        for id in 1...count {
            let words = (0..<(id * 7 % 60)).map { "Wort\($0 * id) steht hier." }.joined(separator: "\n\n")
            text += SmallDump.page("Seite \(id)", id: id, namespace: id % 11 == 0 ? 1 : 0, text: words)
        }
        return text + "</mediawiki>\n"
    }

    static var smallChunks: IngestConfiguration {
        var configuration = IngestConfiguration()
        configuration.chunkBytes = 20_000
        return configuration
    }

    @Test func `a dump becomes documents, and every other page is told of`() throws {
        let path = try directory.write(SmallDump.text, to: "dump.xml")
        let result = try ingest([path], into: directory.file("corpus"))
        #expect(result.documents.map(\.title) == ["Käse & Brot", "Zwei: Worte"])
        #expect(result.documents.map(\.externalID) == ["1", "9"])
        #expect(result.documents[0].revision == "1001")
        #expect(result.documents[0].language == "de")
        #expect(result.documents[0].url == "https://de.example.org/wiki/K%C3%A4se_%26_Brot")
        #expect(result.rejections == ["redirect": 2, "namespace": 2, "empty": 1, "model": 1, "malformed": 1])
        #expect(result.summary.documents + result.summary.rejected == SmallDump.pageCount)
        #expect(result.summary.version == "test")
    }

    @Test func `the summary is JSON with snake case keys`() throws {
        let path = try directory.write(SmallDump.text, to: "dump.xml")
        let summary = try ingest([path], into: directory.file("corpus")).summary
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any]
        let keys = ["documents", "output", "raw_bytes", "rejected", "seconds", "text_bytes", "version"]
        #expect(object?.keys.sorted() == keys)
    }

    @Test func `any number of jobs and any compression gives the same corpus`() throws {
        let text = Array(Self.manyPages(300).utf8)
        try directory.write(text, to: "a.xml")
        try directory.write(
            Compressors.bzip2(Array(text[..<5000])) + Compressors.bzip2(Array(text[5000...])), to: "a.xml.bz2")
        try directory.write(Compressors.gzip(text), to: "a.xml.gz")
        try directory.write(Compressors.zstandard(text), to: "a.xml.zst")
        let reference = try ingest(
            [directory.file("a.xml")], into: directory.file("reference"), Self.smallChunks, jobs: 1)
        for name in ["a.xml", "a.xml.bz2", "a.xml.gz", "a.xml.zst"] {
            for jobs in [1, 2, 3, 8] {
                let output = directory.file("\(name)-\(jobs)")
                let result = try ingest([directory.file(name)], into: output, Self.smallChunks, jobs: jobs)
                #expect(result.digest == reference.digest, "\(name) with \(jobs) jobs")
            }
        }
        #expect(try CorpusReader(directory.file("reference")).sources[0].chunks > 10)
    }

    @Test func `dumps and texts in UTF-16 are read like those in UTF-8`() throws {
        let declared = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n" + SmallDump.text
        let expected = try ingest([directory.write(SmallDump.text, to: "utf8.xml")], into: directory.file("utf8"))
        for (name, text, encoding) in [
            ("little", "\u{FEFF}" + declared, String.Encoding.utf16LittleEndian),
            ("big", "\u{FEFF}" + SmallDump.text, .utf16BigEndian), ("bare", SmallDump.text, .utf16LittleEndian),
        ] {
            let bytes = [UInt8](try #require(text.data(using: encoding)))
            for (suffix, stored) in [("", bytes), (".bz2", Compressors.bzip2(bytes))] {
                let path = try directory.write(stored, to: "\(name).xml\(suffix)")
                let found = try ingest([path], into: directory.file(name + suffix + "-corpus"))
                #expect(found.documents == expected.documents, "\(name)\(suffix)")
                #expect(found.rejections == expected.rejections)
            }
        }
        let text = "Ein Satz.\u{1F956} Noch einer.\nUnd ein Absatz."
        let bytes = [UInt8](try #require(("\u{FEFF}" + text).data(using: .utf16BigEndian)))
        let plain = try ingest([directory.write(bytes, to: "plain.txt")], into: directory.file("plain"))
        #expect(plain.texts == [text])
        // A surrogate without its other half.
        let lone = try directory.write([0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8, 0x62, 0x00], to: "lone.txt")
        #expect(try ingest([lone], into: directory.file("lone")).texts == ["a\u{FFFD}b"])
    }

    struct Stop: Error {}

    @Test(arguments: 1...6)
    func `a run that was stopped goes on and gives the same corpus`(commits: Int) throws {
        let dump = try directory.write(Self.manyPages(200), to: "a.xml")
        let lines = (1...3000).map { "{\"id\":\"\($0)\",\"text\":\"Text number \($0)\"}\n" }.joined()
        let sources = [dump, try directory.write(lines, to: "b.jsonl")]
        let undisturbed = try ingest(sources, into: directory.file("whole"), Self.smallChunks)
        let output = directory.file("stopped")
        var run = IngestRun(
            sources: sources, output: output, configuration: Self.smallChunks, jobs: 2, progress: .quiet)
        var seen = 0
        run.onCommit = { _, _ in
            seen += 1
            if seen == commits { throw Stop() }
        }
        // Stopped again and again until it gets through.
        var rounds = 0
        while true {
            rounds += 1
            seen = 0
            do {
                _ = try run.run()
                break
            } catch {
                // Both sources are known from the beginning, so that half of the work is never taken for all of it.
                let sources = try CorpusReader(output, requireComplete: false).sources
                #expect(sources.count == 2)
                if !sources.allSatisfy(\.isComplete) { #expect(throws: Failure.self) { try CorpusReader(output) } }
            }
        }
        #expect(rounds > 2)
        #expect(try CorpusReader(output).digest() == undisturbed.digest)
    }

    @Test func `a second run does nothing`() throws {
        let path = try directory.write(Self.manyPages(50), to: "a.xml")
        let first = try ingest([path], into: directory.file("corpus"))
        let second = try ingest([path], into: directory.file("corpus"))
        #expect(second.digest == first.digest)
        #expect(second.summary.documents == first.summary.documents)
        #expect(second.summary.rawBytes == first.summary.rawBytes)
    }

    @Test func `a source that has changed is refused`() throws {
        let path = try directory.write(Self.manyPages(50), to: "a.xml")
        _ = try ingest([path], into: directory.file("corpus"))
        try directory.write(Self.manyPages(51), to: "a.xml")
        let failure = #expect(throws: Failure.self) { try ingest([path], into: directory.file("corpus")) }
        #expect(failure?.code == .badData)
        #expect(failure?.message.contains("has changed") == true)
    }

    @Test func `other options are refused for the same corpus`() throws {
        let path = try directory.write(Self.manyPages(5), to: "a.xml")
        _ = try ingest([path], into: directory.file("corpus"))
        var other = IngestConfiguration()
        other.language = "fr"
        let failure = #expect(throws: Failure.self) { try ingest([path], into: directory.file("corpus"), other) }
        #expect(failure?.message.contains("other options") == true)
    }

    @Test func `a damaged dump gives all that can be read, and its damage has to be accepted`() throws {
        let text = Array(Self.manyPages(400).utf8)
        let stream = Compressors.bzip2(text)
        var flipped = Compressors.bzip2(Array(text[..<30_000])) + Compressors.bzip2(Array(text[30_000...]))
        flipped[flipped.count / 2] ^= 0xFF
        let cases = [
            ("cut.xml.bz2", Array(stream.dropLast(20))), ("short.xml.bz2", Compressors.bzip2(text.dropLast(3000))),
            ("flip.xml.bz2", flipped), ("short.xml", text.dropLast(2000)),
            ("cut.xml.gz", Compressors.gzip(text).dropLast(500)),
        ]
        for (name, bytes) in cases {
            let path = try directory.write(bytes, to: name)
            let output = directory.file(name + "-corpus")
            for _ in 0..<2 {
                let failure = #expect(throws: Failure.self) { try ingest([path], into: output, Self.smallChunks) }
                #expect(failure?.code == .badData)
                #expect(failure?.message.contains("byte") == true, "\(name): \(String(describing: failure))")
                let reader = try CorpusReader(output, requireComplete: false)
                #expect(reader.sources[0].state == .damaged)
                #expect(reader.statistics.documents > 0)
                #expect(throws: Failure.self) { try CorpusReader(output) }
            }
            let accepted = try ingest([path], into: output, Self.smallChunks, keepGoing: true)
            #expect(accepted.rejections["damaged", default: 0] > 0)
            let atOnce = try ingest([path], into: directory.file(name + "-at-once"), Self.smallChunks, keepGoing: true)
            #expect(atOnce.digest == accepted.digest)
        }
    }

    @Test func `a source that is no dump is not kept`() throws {
        let bad = try directory.write("<html><page></html>", to: "bad.xml")
        let good = try directory.write(Self.manyPages(5), to: "good.xml")
        #expect(throws: Failure.self) { try ingest([good, bad], into: directory.file("corpus")) }
        #expect(try CorpusReader(directory.file("corpus")).sources.count == 1)
    }

    @Test func `repeated texts are left out on demand, across chunks and runs`() throws {
        let lines = ["eins", "zwei", "eins", "drei", "zwei"].enumerated().map {
            "{\"id\":\"\($0)\",\"text\":\"\($1)\"}\n"
        }
        let first = try directory.write(lines.joined(), to: "a.jsonl")
        let second = try directory.write(
            "{\"id\":\"x\",\"text\":\"drei\"}\n{\"id\":\"y\",\"text\":\"vier\"}", to: "b.jsonl")
        var configuration = IngestConfiguration()
        configuration.deduplicate = true
        configuration.chunkBytes = 40
        _ = try ingest([first], into: directory.file("corpus"), configuration)
        let result = try ingest([first, second], into: directory.file("corpus"), configuration)
        #expect(result.texts == ["eins", "zwei", "drei", "vier"])
        #expect(result.rejections == ["duplicate": 3])
    }

    @Test func `the canonical configuration does not change by itself`() {
        #expect(IngestConfiguration().canonicalJSON == IngestConfiguration().canonicalJSON)
        var other = IngestConfiguration()
        other.namespaces = [0, 4]
        #expect(other.canonicalJSON != IngestConfiguration().canonicalJSON)
        #expect(!IngestConfiguration().canonicalJSON.contains("\n"))
    }
}
