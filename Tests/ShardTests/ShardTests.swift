import Shard
import Storage
import Streaming
import TestSupport
import Testing

/// Instances against the documents they were made from.
struct InstanceTests {
    @Test(arguments: [(1, .nsp), (2, .nsp), (3, .sop), (4, .mlm), (5, .nsp)] as [(UInt64, ShardObjective)])
    func `every instance fits and its label is true`(seed: UInt64, objective: ShardObjective) throws {
        let fixture = try ShardFixture(documents: 120, seed: seed)
        var configuration = ShardConfiguration.small(seed: seed, objective: objective)
        configuration.duplicateFactor = seed == 5 ? 3 : 1
        configuration.truncation = seed == 1 ? .drop : .carry
        let summary = try fixture.run("shards", configuration, jobs: 2).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        #expect(summary.partitions > 1)
        #expect(summary.documents == 120)
        #expect(summary.instances == reader.count(.train) + reader.count(.validation))
        #expect(summary.sentences == fixture.documents.values.reduce(0) { $0 + $1.count })
        var random = 0
        for instance in try reader.all(.train) + reader.all(.validation) {
            try check(instance, fixture, configuration)
            if instance.isRandomNext { random += 1 }
        }
        let share = Double(random) / Double(summary.instances)
        // Single sentences always get a random partner, so the share lies above one half for NSP.
        #expect(
            objective == .mlm ? share == 0 : objective == .sop ? abs(share - 0.5) < 0.1 : (0.5..<0.85).contains(share))
    }

    private func check(_ instance: Instance, _ fixture: ShardFixture, _ configuration: ShardConfiguration) throws {
        let objective = configuration.objective
        #expect(
            instance.a.count + instance.b.count + (objective == .mlm ? 2 : 3) <= configuration.sequenceLength)
        let swapped = objective == .sop && instance.isRandomNext
        let (first, second) = swapped ? (instance.b, instance.a) : (instance.a, instance.b)
        // A short segment, "." for one, can stand at several places.
        let places = fixture.tokens(instance.documentA).ranges(of: first)
        #expect(!places.isEmpty, "A is not in its document")
        guard objective != .mlm else {
            #expect(instance.b.isEmpty && !instance.isRandomNext)
            return
        }
        let nexts = fixture.tokens(instance.documentB).ranges(of: second)
        #expect(!nexts.isEmpty, "B is not in its document")
        if objective == .nsp, instance.isRandomNext {
            #expect(instance.documentA != instance.documentB)
        } else {
            #expect(instance.documentA == instance.documentB)
            // What truncation takes from the end of A and the front of B may lie between the two, else nothing.
            let isCut =
                configuration.truncation == .drop && first.count + second.count + 3 == configuration.sequenceLength
            let follows = places.contains { place in
                nexts.contains { isCut ? $0.lowerBound >= place.upperBound : $0.lowerBound == place.upperBound }
            }
            #expect(follows, "B does not follow A in document \(instance.documentA)")
        }
    }

    @Test(arguments: [11, 12, 13])
    func `no document is in both splits and each side has one`(seed: UInt64) throws {
        let fixture = try ShardFixture(documents: 60, seed: seed)
        var configuration = ShardConfiguration.small(seed: seed)
        for fraction in [0.3, 1e-9, 0.999_999] {
            configuration.validationFraction = fraction
            let output = "shards-\(fraction)"
            _ = try fixture.run(output, configuration).run()
            let reader = try ShardReader(fixture.folder.file(output))
            func documents(_ split: ShardSplit) throws -> Set<Int64> {
                try Set(reader.all(split).flatMap { [$0.documentA, $0.documentB] })
            }
            let (train, validation) = try (documents(.train), documents(.validation))
            #expect(train.isDisjoint(with: validation), "seed \(seed), fraction \(fraction)")
            #expect(!train.isEmpty && !validation.isEmpty)
            #expect(train.union(validation) == Set(fixture.documents.keys))
        }
    }

    @Test(arguments: [21, 22])
    func `no token is lost where nothing is truncated`(seed: UInt64) throws {
        let fixture = try ShardFixture(documents: 50, seed: seed)
        for objective in [ShardObjective.mlm, .nsp] {
            var configuration = ShardConfiguration.small(seed: seed, objective: objective)
            configuration.validationFraction = 0
            // Longer than any document: with pairs nothing is cut then; runs of sentences never cut at all.
            configuration.truncation = .drop
            if objective == .nsp { configuration.sequenceLength = 8192 }
            if objective == .nsp { configuration.shortSequenceProbability = 0 }
            if objective == .nsp { configuration.randomNextProbability = 0 }
            let output = "shards-\(objective)"
            _ = try fixture.run(output, configuration).run()
            let reader = try ShardReader(fixture.folder.file(output))
            var counts: [Int64: Int] = [:]
            for instance in try reader.all(.train) {
                counts[instance.documentA, default: 0] += instance.a.count
                if !instance.isRandomNext { counts[instance.documentB, default: 0] += instance.b.count }
            }
            #expect(
                counts
                    == Dictionary(uniqueKeysWithValues: fixture.documents.keys.map { ($0, fixture.tokens($0).count) }))
        }
    }

    @Test func `a lone document gives true pairs, halving a lone sentence`() throws {
        let fixture = try ShardFixture(documents: 1, seed: 7)
        _ = try fixture.run("shards", .small(seed: 7)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        #expect(reader.count(.validation) == 0)
        let instances = try reader.all(.train)
        #expect(!instances.isEmpty && instances.allSatisfy { !$0.isRandomNext && $0.documentA == $0.documentB })
    }

    @Test func `duplication draws anew`() throws {
        let fixture = try ShardFixture(documents: 40, seed: 8)
        var configuration = ShardConfiguration.small(seed: 8)
        configuration.validationFraction = 0
        let once = try fixture.run("once", configuration).run()
        configuration.duplicateFactor = 4
        let often = try fixture.run("often", configuration).run()
        #expect(abs(Double(often.instances) / Double(once.instances) - 4) < 0.5)
        let instances = try ShardReader(fixture.folder.file("often")).all(.train)
        let distinct = Set(instances.map { $0.a + [-1] + $0.b })
        #expect(distinct.count > instances.count * 8 / 10)
    }

    @Test func `short instances are there in their share`() throws {
        let fixture = try ShardFixture(documents: 300, seed: 9)
        var configuration = ShardConfiguration.small(seed: 9, objective: .mlm)
        configuration.shortSequenceProbability = 0
        let long = try fixture.run("long", configuration).run()
        configuration.shortSequenceProbability = 0.5
        let short = try fixture.run("short", configuration).run()
        #expect(short.instances > long.instances)
        #expect(short.tokens == long.tokens)
    }

    @Test func `large vocabularies are stored in four bytes`() throws {
        let fixture = try ShardFixture(documents: 10, seed: 10, padding: 70_000)
        _ = try fixture.run("shards", .small(seed: 10)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        #expect(reader.information.vocabularySize > 70_000)
        for instance in try reader.all(.train) { try check(instance, fixture, .small(seed: 10)) }
    }
}
