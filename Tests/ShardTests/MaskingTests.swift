@testable import Shard
import Streaming
import TestSupport
import Testing
import Tokenize

/// Masks: how many, where, what stands in their place.
struct MaskingTests {
    private let fixture: ShardFixture

    init() throws { fixture = try ShardFixture(documents: 1, seed: 1) }

    private func instance(_ index: Int, _ draws: inout Philox, room: Int = 61) -> Instance {
        let a = 1 + draws.below(room - 1)
        let b = 1 + draws.below(room - a)
        func ids(_ count: Int) -> [Int32] {
            (0..<count).map { _ in Int32(5 + draws.below(fixture.vocabulary.count - 5)) }
        }
        return Instance(index: index, a: ids(a), b: ids(b), isRandomNext: true, documentA: 1, documentB: 2)
    }

    @Test(arguments: [1, 2, 3])
    func `15 percent are predicted, 80 10 10`(seed: UInt64) throws {
        let policy = MaskingPolicy(.small(seed: seed), sequenceLength: 64, vocabulary: fixture.vocabulary)
        var draws = Philox(seed: seed, purpose: Philox.purpose("masking test"))
        var (masked, kept, other, total, all) = (0, 0, 0, 0, 0)
        for index in 0..<4000 {
            let instance = instance(index, &draws)
            let example = policy.apply(instance, seed: seed, epoch: 0)
            let n = example.tokens.count
            #expect(n == instance.a.count + instance.b.count + 3)
            #expect(example.positions.count == min(10, max(1, Int((Double(n) * 0.15).rounded(.toNearestOrEven)))))
            #expect(
                example.positions == example.positions.sorted()
                    && Set(example.positions).count == example.positions.count)
            let plain = policy.assemble(instance)
            var rest = example.tokens
            for (position, label) in zip(example.positions, example.labels) {
                let id = example.tokens[Int(position)]
                #expect(plain.tokens[Int(position)] == label)
                if id == fixture.vocabulary.maskID { masked += 1 } else if id == label { kept += 1 } else { other += 1 }
                if id != fixture.vocabulary.maskID, id != label { #expect(!fixture.vocabulary.isSpecial(id)) }
                rest[Int(position)] = label
            }
            // All else is untouched: [CLS], [SEP] and what is not predicted.
            #expect(rest == plain.tokens)
            #expect(plain.segments.count == n && plain.segments.filter { $0 == 0 }.count == instance.a.count + 2)
            total += example.positions.count
            all += n
        }
        func share(_ part: Int) -> Double { Double(part) / Double(total) }
        #expect(abs(Double(total) / Double(all) - 0.15) < 0.01)
        #expect(abs(share(masked) - 0.8) < 0.015)
        #expect(abs(share(kept) - 0.1) < 0.01)
        #expect(abs(share(other) - 0.1) < 0.01)
    }

    @Test func `every position is masked equally often`() throws {
        let policy = MaskingPolicy(.small(seed: 4), sequenceLength: 64, vocabulary: fixture.vocabulary)
        let instance = Instance(
            index: 0, a: Array(10..<40), b: Array(40..<70), isRandomNext: false, documentA: 1, documentB: 1)
        var counts = [Int](repeating: 0, count: 63)
        for epoch in 0..<8000 {
            for position in policy.apply(instance, seed: 4, epoch: epoch).positions { counts[Int(position)] += 1 }
        }
        #expect(counts[0] == 0 && counts[31] == 0 && counts[62] == 0)
        // 9 of 60 candidates an epoch: 1,200 expected, the standard deviation is 32.
        for position in counts.indices where ![0, 31, 62].contains(position) {
            #expect(abs(counts[position] - 1200) < 170, "position \(position)")
        }
    }

    @Test func `masks are a function of seed, epoch, split and index`() throws {
        let policy = MaskingPolicy(.small(seed: 5), sequenceLength: 64, vocabulary: fixture.vocabulary)
        var instance = Instance(
            index: 3, a: Array(10..<40), b: Array(40..<70), isRandomNext: false, documentA: 1, documentB: 1)
        let example = policy.apply(instance, seed: 5, epoch: 2)
        #expect(policy.apply(instance, seed: 5, epoch: 2) == example)
        #expect(policy.apply(instance, seed: 6, epoch: 2) != example)
        #expect(policy.apply(instance, seed: 5, epoch: 3) != example)
        instance.split = .validation
        #expect(policy.apply(instance, seed: 5, epoch: 2) != example)
        instance.split = .train
        instance.index = 4
        #expect(policy.apply(instance, seed: 5, epoch: 2) != example)
    }

    @Test(arguments: [6, 7])
    func `whole words are masked entirely or not at all`(seed: UInt64) throws {
        var configuration = ShardConfiguration.small(seed: seed)
        configuration.wholeWord = true
        let policy = MaskingPolicy(configuration, sequenceLength: 64, vocabulary: fixture.vocabulary)
        var draws = Philox(seed: seed, purpose: Philox.purpose("whole word test"))
        let (word, start, middle, end) = (
            try #require(fixture.vocabulary.id(of: "waa")), try #require(fixture.vocabulary.id(of: "un")),
            try #require(fixture.vocabulary.id(of: "##seen")), try #require(fixture.vocabulary.id(of: "##ly"))
        )
        for index in 0..<500 {
            func segment() -> [Int32] {
                (0..<3 + draws.below(6)).flatMap { _ in draws.below(2) == 0 ? [word] : [start, middle, end] }
            }
            let instance = Instance(
                index: index, a: segment(), b: [middle] + segment(), isRandomNext: false, documentA: 1, documentB: 1)
            let example = policy.apply(instance, seed: seed, epoch: 0)
            let plain = policy.assemble(instance).tokens
            let masked = Set(example.positions.map { Int($0) })
            #expect(!masked.isEmpty)
            for position in plain.indices where plain[position] == middle || plain[position] == end {
                let isWordStart = plain[position - 1] == fixture.vocabulary.separatorID
                if !isWordStart {
                    #expect(masked.contains(position) == masked.contains(position - 1) || masked.count < 3)
                }
            }
        }
    }

    @Test(arguments: [8, 9])
    func `spans are runs of whole words of geometric length that share their fate`(seed: UInt64) throws {
        var configuration = ShardConfiguration.small(seed: seed)
        configuration.spans = true
        configuration.maskProbability = 0.15
        configuration.sequenceLengths = [512]
        let policy = MaskingPolicy(configuration, sequenceLength: 512, vocabulary: fixture.vocabulary)
        var draws = Philox(seed: seed, purpose: Philox.purpose("span test"))
        let word = try #require(fixture.vocabulary.id(of: "waa"))
        let (start, middle) = (
            try #require(fixture.vocabulary.id(of: "un")), try #require(fixture.vocabulary.id(of: "##seen"))
        )
        var (total, masked, kept, spanCount, spanWords) = (0, 0, 0, 0, 0)
        for index in 0..<400 {
            let words = (0..<160).map { _ in draws.below(4) == 0 ? [start, middle] : [word] }
            let tokens = words.flatMap { $0 }
            let instance = Instance(
                index: index, a: Array(tokens[..<80]), b: Array(tokens[80...]), isRandomNext: true, documentA: 1,
                documentB: 2)
            let plain = policy.assemble(instance).tokens
            let example = policy.apply(instance, seed: seed, epoch: 0)
            let positions = Set(example.positions.map { Int($0) })
            #expect(positions.count <= Int((Double(plain.count) * 0.15).rounded(.toNearestOrEven)))
            total += positions.count
            for position in positions {
                #expect(plain[position] != fixture.vocabulary.separatorID && position > 0)
                if example.tokens[position] == fixture.vocabulary.maskID { masked += 1 }
                if example.tokens[position] == plain[position] { kept += 1 }
                // A word is entirely in a span, unless it was cut at the segment's begin.
                if plain[position] == middle, plain[position - 1] == start {
                    #expect(positions.contains(position - 1))
                    #expect(
                        (example.tokens[position] == fixture.vocabulary.maskID)
                            == (example.tokens[position - 1] == fixture.vocabulary.maskID))
                }
                if !positions.contains(position - 1) { spanCount += 1 }
                if plain[position] != middle { spanWords += 1 }
            }
        }
        let mean = Double(spanWords) / Double(spanCount)
        // 3.8 words, less what the end of the budget cuts off, more what touches.
        #expect((3.0..<4.8).contains(mean), "\(mean)")
        #expect(abs(Double(masked) / Double(total) - 0.8) < 0.03)
        #expect(abs(Double(kept) / Double(total) - 0.1) < 0.025)
        #expect(Double(total) / Double(400 * 199) > 0.13)
    }

    @Test func `static masks are stored, differ by round and are replayed`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 12)
        var configuration = ShardConfiguration.small(seed: 12)
        configuration.masking = .static
        _ = try fixture.run("shards", configuration).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let policy = try MaskingPolicy(reader.information, vocabulary: reader.tokenizer().vocabulary)
        for instance in try reader.all(.train) {
            let positions = try #require(instance.staticPositions)
            #expect(!positions.isEmpty && positions.count <= 10)
            let plain = policy.assemble(instance).tokens
            #expect(instance.staticLabels == positions.map { plain[Int($0)] })
            let example = policy.apply(instance, seed: 1, epoch: 1)
            #expect(example == policy.apply(instance, seed: 2, epoch: 2))
            #expect(example.positions == positions && example.labels == instance.staticLabels)
            #expect(instance.staticReplacements == positions.map { example.tokens[Int($0)] })
        }
    }
}
