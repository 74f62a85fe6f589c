import Streaming
import TestSupport
import Testing
import Tokenize

@testable import Shard

/// The walk of a training loop: any position at once, blocks read ahead, every epoch whole.
struct LoaderTests {
    private func walk(_ reader: ShardReader, seed: UInt64) throws -> ShardWalk {
        ShardWalk(reader, try MaskingPolicy(reader.information, vocabulary: reader.tokenizer().vocabulary), seed: seed)
    }

    @Test func `a walk that begins anywhere goes on as one that came there`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 81)
        _ = try fixture.run("shards", .small(seed: 81)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let epoch = reader.count(.train)
        var whole = try walk(reader, seed: 5)
        let examples = try whole.examples(0..<epoch * 5 / 2)
        for start in [0, 1, 100, epoch - 1, epoch, epoch + 17] {
            var later = try walk(reader, seed: 5)
            #expect(try later.examples(start..<start + 40) == Array(examples[start..<start + 40]))
        }
        #expect(try whole.examples(7..<7).isEmpty)
        #expect(try whole.examples(3..<9) == Array(examples[3..<9]), "a walk goes back, too")
        var other = try walk(reader, seed: 6)
        #expect(try other.examples(0..<epoch) != Array(examples[..<epoch]))
    }

    @Test func `every epoch visits every instance once, in another order and with other masks`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 81)
        _ = try fixture.run("shards", .small(seed: 81)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let epoch = reader.count(.train)
        var walk = try walk(reader, seed: 5)
        let examples = [try walk.examples(0..<epoch), try walk.examples(epoch..<2 * epoch)]
        let plain = examples.map { part in
            part.map { example in
                var tokens = example.tokens
                for (position, label) in zip(example.positions, example.labels) { tokens[Int(position)] = label }
                return tokens
            }
        }
        let sorted = plain.map { part in part.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(sorted[0] == sorted[1])
        #expect(plain[0] != plain[1])
        let same = Set(examples[0].map(\.tokens)).intersection(examples[1].map(\.tokens))
        #expect(same.count * 4 < epoch)
    }

    @Test func `a loader makes the batches of its steps, then ends`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 81)
        _ = try fixture.run("shards", .small(seed: 81)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        var walk = try walk(reader, seed: 5)
        let loader = ShardLoader(walk, steps: 4..<9) { step, walk throws(Failure) in
            try walk.examples(step * 7..<(step + 1) * 7)
        }
        for step in 4..<9 { #expect(try loader.next() == walk.examples(step * 7..<(step + 1) * 7)) }
        #expect(try loader.next() == nil)
        loader.close()
    }

    @Test func `what a loader cannot read is thrown to the training loop, and it can be left early`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 81)
        _ = try fixture.run("shards", .small(seed: 81)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let loader = ShardLoader(try walk(reader, seed: 5), steps: 0..<1_000_000) { step, walk throws(Failure) in
            guard step < 2 else { throw Failure(.badData, "step \(step) is bad", at: "here") }
            return try walk.examples(step..<step + 1)
        }
        _ = try loader.next()
        _ = try loader.next()
        let failure = #expect(throws: Failure.self) { _ = try loader.next() }
        #expect(failure?.message == "step 2 is bad")
        loader.close()
        let left = ShardLoader(try walk(reader, seed: 5), steps: 0..<1_000_000) { step, walk throws(Failure) in
            try walk.examples(step..<step + 1)
        }
        _ = try left.next()
        left.close()
    }
}
