internal import Foundation
@testable import Shard
import Storage
import Streaming
import TestSupport
import Testing

/// The same shards whatever the number of threads, however often a run was stopped.
struct ReproducibilityTests {
    private struct Stop: Error {}

    /// Names and bytes of the part files.
    private func parts(_ directory: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try Files.names(in: directory) where name.hasPrefix("part-") {
            files[name] = try Files.read(directory + "/" + name)
        }
        return files
    }

    @Test(arguments: [ShardMasking.dynamic, .static])
    func `one, two, three and seven jobs give the same bytes`(masking: ShardMasking) throws {
        let fixture = try ShardFixture(documents: 150, seed: 31, blocks: 9)
        var configuration = ShardConfiguration.small(seed: 31)
        configuration.sequenceLengths = [64, 24]
        configuration.masking = masking
        let one = try fixture.run("one", configuration, jobs: 1).run()
        for jobs in [2, 3, 7] {
            var run = fixture.run("jobs-\(jobs)", configuration, jobs: jobs)
            run.commitBytes = 3000 * jobs
            run.unitBytes = 2000 * jobs
            let summary = try run.run()
            #expect(summary.digest == one.digest)
            #expect(try parts(fixture.folder.file("jobs-\(jobs)")) == parts(fixture.folder.file("one")))
        }
        configuration.seed = 32
        #expect(try fixture.run("other", configuration).run().digest != one.digest)
    }

    @Test(arguments: 1..<15)
    func `a run stopped at any point goes on to the same bytes`(stopAfter: Int) throws {
        let fixture = try ShardFixture(documents: 120, seed: 33, blocks: 6)
        let configuration = ShardConfiguration.small(seed: 33)
        let expected = try fixture.run("whole", configuration).run()
        var stops = 0
        var summary: ShardSummary?
        while summary == nil {
            // Every run is stopped at its point number `stopAfter`, so that most runs get somewhat further.
            let counter = Counter(stopAfter)
            var run = fixture.run("stopped", configuration, jobs: 1 + stops % 3)
            run.commitBytes = 2000
            run.unitBytes = 1500
            if stops < 25 { run.hook = { _ in if counter.reached() { throw Stop() } } }
            do {
                summary = try run.run()
            } catch {
                stops += 1
                try leavePartials(fixture.folder.file("stopped"))
            }
        }
        #expect(stops > 0)
        #expect(summary?.digest == expected.digest)
        #expect(try parts(fixture.folder.file("stopped")) == parts(fixture.folder.file("whole")))
        #expect(try ShardVerifier(fixture.folder.file("stopped")).problems().map(\.description) == [])
    }

    private final class Counter: @unchecked Sendable {
        let limit: Int
        private let lock = NSLock()
        private var seen = 0
        init(_ limit: Int) { self.limit = limit }
        func reached() -> Bool {
            lock.lock()
            defer { lock.unlock() }
            seen += 1
            return seen >= limit
        }
    }

    /// What a kill in the midst of writing leaves: files half-written.
    private func leavePartials(_ directory: String) throws {
        try Data("half".utf8).write(to: URL(fileURLWithPath: directory + "/spool-00002.bin.partial"))
        try Data("half".utf8).write(to: URL(fileURLWithPath: directory + "/part-00001.zst.partial"))
    }

    @Test func `a finished folder is left as it is`() throws {
        let fixture = try ShardFixture(documents: 30, seed: 34)
        let first = try fixture.run("shards", .small(seed: 34)).run()
        var again = fixture.run("shards", .small(seed: 34))
        again.hook = { _ in throw Stop() }
        var second = try again.run()
        second.seconds = first.seconds
        #expect(second == first)
    }

    @Test func `other options, corpora and vocabularies are refused by name`() throws {
        let fixture = try ShardFixture(documents: 30, seed: 35)
        _ = try fixture.run("shards", .small(seed: 35)).run()
        var configuration = ShardConfiguration.small(seed: 35)
        configuration.sequenceLength = 32
        let options = #expect(throws: Failure.self) { try fixture.run("shards", configuration).run() }
        #expect(options?.code == .cannotCreate)
        #expect(options?.message.contains("sequence_length 64, not 32") == true, "\(options?.message ?? "")")
        let other = try ShardFixture(documents: 30, seed: 36)
        func refused(corpus: String, vocabulary: String) -> Failure? {
            #expect(throws: Failure.self) {
                try ShardRun(
                    corpus: corpus, vocabulary: vocabulary, output: fixture.folder.file("shards"),
                    configuration: .small(seed: 35), jobs: 1, progress: .quiet
                ).run()
            }
        }
        let corpus = refused(corpus: other.corpus, vocabulary: fixture.vocabularyPath)
        #expect(corpus?.code == .cannotCreate && corpus?.message.contains("another corpus") == true)
        let larger = try ShardFixture(documents: 1, seed: 37, padding: 3)
        let vocabulary = refused(corpus: fixture.corpus, vocabulary: larger.vocabularyPath)
        #expect(vocabulary?.code == .cannotCreate && vocabulary?.message.contains("another vocabulary") == true)
    }

    @Test func `a folder of somebody else's is refused`() throws {
        let fixture = try ShardFixture(documents: 3, seed: 38)
        let output = fixture.folder.file("mine")
        try Files.createDirectory(output)
        try fixture.folder.write("precious", to: "mine/notes.txt")
        let failure = #expect(throws: Failure.self) { try fixture.run("mine", .small(seed: 38)).run() }
        #expect(failure?.code == .cannotCreate)
        #expect(try Files.names(in: output) == ["notes.txt"])
    }
}
