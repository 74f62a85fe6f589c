@testable import Shard
import Storage
import Streaming
import TestSupport
import Testing
import Tokenize

/// The options of the procedure: truncation, packing, lengths, weights, building on.
struct ProcedureTests {
    /// Tokens of each document that instances hold as its own: not as a random next.
    private func ownTokens(_ instances: [Instance], _ objective: ShardObjective) -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        for instance in instances {
            let runs = objective == .nsp && instance.isRandomNext ? Array(instance.runs.prefix(1)) : instance.runs
            for run in runs { counts[run.document, default: 0] += run.count }
        }
        return counts
    }

    @Test(
        arguments: [
            (.nsp, .document), (.sop, .document), (.mlm, .document), (.mlm, .full),
        ] as [(ShardObjective, ShardPacking)])
    func `nothing is lost where the rest is carried`(objective: ShardObjective, packing: ShardPacking) throws {
        let fixture = try ShardFixture(documents: 80, seed: 51)
        var configuration = ShardConfiguration.small(seed: 51, objective: objective)
        configuration.packing = packing
        configuration.sequenceLengths = [64, 17]
        _ = try fixture.run("shards", configuration, jobs: 2).run()
        for length in configuration.sequenceLengths {
            let reader = try ShardReader(fixture.folder.file("shards"), sequenceLength: length)
            let instances = try reader.all(.train) + reader.all(.validation)
            let expected = Dictionary(
                uniqueKeysWithValues: fixture.documents.keys.map { ($0, fixture.tokens($0).count) })
            #expect(ownTokens(instances, objective) == expected)
            #expect(instances.allSatisfy { $0.tokens.count + 1 + $0.runs.count <= length })
        }
        #expect(try ShardVerifier(fixture.folder.file("shards")).problems().map(\.description) == [])
    }

    @Test func `with drop tokens are lost and with carry instances are full`() throws {
        let fixture = try ShardFixture(documents: 80, seed: 52)
        var configuration = ShardConfiguration.small(seed: 52)
        let carried = try fixture.run("carry", configuration).run()
        configuration.truncation = .drop
        let dropped = try fixture.run("drop", configuration).run()
        #expect(dropped.tokens < carried.tokens)
        let instances = try ShardReader(fixture.folder.file("drop")).all(.train)
        let kept = ownTokens(instances, .nsp).values.reduce(0, +)
        #expect(kept < fixture.documents.keys.reduce(0) { $0 + fixture.tokens($1).count })
    }

    @Test func `packing across documents fills instances and keeps sentences whole`() throws {
        let fixture = try ShardFixture(documents: 80, seed: 53)
        var configuration = ShardConfiguration.small(seed: 53, objective: .mlm)
        configuration.shortSequenceProbability = 0
        let apart = try fixture.run("document", configuration).run()
        configuration.packing = .full
        let together = try fixture.run("full", configuration).run()
        #expect(together.instances < apart.instances && together.tokens == apart.tokens)
        let reader = try ShardReader(fixture.folder.file("full"))
        let policy = try MaskingPolicy(reader.information, vocabulary: reader.tokenizer().vocabulary)
        var several = 0
        for instance in try reader.all(.train) {
            several += instance.runs.count > 1 ? 1 : 0
            #expect(Set(instance.runs.map(\.document)).count == instance.runs.count)
            let read = policy.assemble(instance).tokens
            #expect(read.filter { $0 == fixture.vocabulary.separatorID }.count == instance.runs.count)
            #expect(policy.assemble(instance).segments.allSatisfy { $0 == 0 })
            var start = 0
            for run in instance.runs {
                let tokens = Array(instance.tokens[start..<start + run.count])
                start += run.count
                #expect(!fixture.tokens(run.document).ranges(of: tokens).isEmpty)
            }
        }
        #expect(several > 10)
    }

    @Test func `several lengths come from one pass, each as if it were alone`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 54)
        var configuration = ShardConfiguration.small(seed: 54)
        configuration.sequenceLengths = [64, 200]
        _ = try fixture.run("both", configuration).run()
        for length in [64, 200] {
            configuration.sequenceLengths = [length]
            _ = try fixture.run("alone-\(length)", configuration).run()
            let alone = try ShardReader(fixture.folder.file("alone-\(length)"))
            let both = try ShardReader(fixture.folder.file("both"), sequenceLength: length)
            for split in ShardSplit.allCases { #expect(try alone.all(split) == both.all(split)) }
            #expect(both.information.maxPredictions == alone.information.maxPredictions)
        }
        let failure = #expect(throws: Failure.self) {
            try ShardReader(fixture.folder.file("both"), sequenceLength: 65)
        }
        #expect(failure?.code == .usage && failure?.remedy?.contains("64, 200") == true)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e308, -1, 0, 1])
    func `a share that is none is refused, whatever else follows from it`(share: Double) {
        for path in [
            \ShardConfiguration.maskProbability, \.shortSequenceProbability, \.randomNextProbability,
            \.validationFraction,
        ] {
            var configuration = ShardConfiguration.small(seed: 1)
            configuration[keyPath: path] = share
            let isFine = path != \.maskProbability && (share == 0 || share == 1 && path != \.validationFraction)
            if isFine {
                #expect(throws: Never.self) { try configuration.validate() }
            } else {
                let failure = #expect(throws: Failure.self) { try configuration.validate() }
                #expect(failure?.code == .usage)
            }
        }
    }

    @Test func `corpora are mixed by weight`() throws {
        let (one, other) = (try ShardFixture(documents: 60, seed: 55), try ShardFixture(documents: 60, seed: 56))
        var configuration = ShardConfiguration.small(seed: 55)
        configuration.validationFraction = 0
        configuration.weights = [1, 2.5]
        _ = try ShardRun(
            corpora: [one.corpus, other.corpus], vocabulary: one.vocabularyPath, output: one.folder.file("mixed"),
            configuration: configuration, jobs: 2, progress: .quiet
        ).run()
        let reader = try ShardReader(one.folder.file("mixed"))
        let counts = ownTokens(try reader.all(.train), .nsp)
        let tokens = { (fixture: ShardFixture) in fixture.documents.keys.reduce(0) { $0 + fixture.tokens($1).count } }
        let first = counts.filter { DocumentKey.corpus($0.key) == 0 }.values.reduce(0, +)
        let second = counts.filter { DocumentKey.corpus($0.key) == 1 }.values.reduce(0, +)
        #expect(first == tokens(one))
        #expect(abs(Double(second) / Double(tokens(other)) - 2.5) < 0.2)
        for (key, count) in counts where DocumentKey.corpus(key) == 1 {
            let whole = other.tokens(DocumentKey.document(key)).count
            #expect(count == 2 * whole || count == 3 * whole)
        }
    }

    @Test func `new documents are added and old partitions stay as they are`() throws {
        var fixture = try ShardFixture(documents: 60, seed: 57)
        let configuration = ShardConfiguration.small(seed: 57)
        let shards = fixture.folder.file("shards")
        let before = try fixture.run("shards", configuration).run()
        let old = try ShardReader(shards)
        let instances = try old.all(.train)
        var files: [String: [UInt8]] = [:]
        for name in try Files.names(in: shards) where name.hasPrefix("part-") {
            files[name] = try Files.read(shards + "/" + name)
        }
        try fixture.add(documents: 40, seed: 58)
        var run = fixture.run("shards", configuration, jobs: 2)
        run.hook = { if case .partitionWritten = $0 { throw Failure(.interrupted, "stop") } }
        #expect(throws: Failure.self) { try run.run() }
        let after = try fixture.run("shards", configuration).run()
        #expect(after.documents == 100 && after.partitions > before.partitions && after.digest != before.digest)
        for (name, bytes) in files { #expect(try Files.read(shards + "/" + name) == bytes) }
        let new = try ShardReader(shards)
        #expect(try Array(new.all(.train).prefix(instances.count)) == instances)
        let documents = Set(try (new.all(.train) + new.all(.validation)).flatMap { $0.runs.map(\.document) })
        #expect(documents == Set(fixture.documents.keys))
        #expect(try ShardVerifier(shards).problems().map(\.description) == [])
        // The same again, and on from there with another corpus.
        #expect(try fixture.run("shards", configuration).run().digest == after.digest)
        let other = try ShardFixture(documents: 30, seed: 59)
        let more = try ShardRun(
            corpora: [fixture.corpus, other.corpus], vocabulary: fixture.vocabularyPath, output: shards,
            configuration: configuration, jobs: 1, progress: .quiet
        ).run()
        #expect(more.documents == 130)
        #expect(try ShardVerifier(shards).problems().map(\.description) == [])
    }

    @Test func `a disk that cannot hold the shards is told before the start`() throws {
        let fixture = try ShardFixture(documents: 60, seed: 60)
        var run = fixture.run("shards", .small(seed: 60))
        run.freeBytes = 1000
        let failure = #expect(throws: Failure.self) { try run.run() }
        #expect(failure?.code == .cannotCreate && failure?.message.contains("are needed here") == true)
        #expect(try Files.names(in: fixture.folder.file("shards")).allSatisfy { !$0.hasPrefix("spool-") })
        run.freeBytes = 1 << 30
        #expect(try run.run().documents == 60)
    }
}
