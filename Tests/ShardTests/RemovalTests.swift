@testable import Shard
import Storage
import Streaming
import TestSupport
import Testing

/// Documents taken out of finished shards.
struct RemovalTests {
    @Test(
        arguments: [
            (.nsp, .document, .dynamic), (.nsp, .document, .static), (.sop, .document, .dynamic),
            (.mlm, .full, .static),
        ] as [(ShardObjective, ShardPacking, ShardMasking)])
    func `no instance holds text of a removed document, and all others keep theirs`(
        objective: ShardObjective, packing: ShardPacking, masking: ShardMasking
    ) throws {
        let fixture = try ShardFixture(documents: 80, seed: 71)
        var configuration = ShardConfiguration.small(seed: 71, objective: objective)
        configuration.packing = packing
        configuration.masking = masking
        configuration.sequenceLengths = [64, 32]
        _ = try fixture.run("shards", configuration).run()
        let shards = fixture.folder.file("shards")
        let before = try ShardReader(shards)
        let removed: Set<Int64> = [1, 7, 33]
        let held = try ShardSplit.allCases.flatMap(before.all).filter {
            $0.runs.contains { removed.contains($0.document) }
        }
        #expect(!held.isEmpty)
        let removal = try ShardRemoval(shards)
        #expect(try removal.remove(Array(removed), reason: "asked for", toolVersion: "test") == 3)
        #expect(try removal.remove([7], reason: "again", toolVersion: "test") == 0)
        #expect(try ShardVerifier(shards).problems().map(\.description) == [])
        for length in configuration.sequenceLengths {
            let reader = try ShardReader(shards, sequenceLength: length)
            var own: [Int64: Int] = [:]
            for instance in try reader.all(.train) + reader.all(.validation) {
                #expect(instance.runs.allSatisfy { !removed.contains($0.document) })
                let runs = objective == .nsp && instance.isRandomNext ? instance.runs.prefix(1) : instance.runs[...]
                for run in runs { own[run.document, default: 0] += run.count }
                var start = 0
                for run in instance.runs {
                    let tokens = Array(instance.tokens[start..<start + run.count])
                    start += run.count
                    #expect(!fixture.tokens(run.document).ranges(of: tokens).isEmpty)
                }
            }
            for (document, count) in own { #expect(count == fixture.tokens(document).count) }
            #expect(Set(own.keys) == Set(fixture.documents.keys).subtracting(removed))
        }
        let files = try Set(Files.names(in: shards).filter { $0.hasPrefix("part-") })
        #expect(files == Set(try ShardReader(shards).rows.map(\.file)))
    }

    @Test func `what an interrupted removal has left is deleted by the next`() throws {
        let fixture = try ShardFixture(documents: 40, seed: 72)
        _ = try fixture.run("shards", .small(seed: 72)).run()
        let shards = fixture.folder.file("shards")
        // As killed after the commit: the index names another revision, the old file is still there.
        try Files.write([1, 2, 3], to: shards + "/part-00000-r9.zst")
        #expect(try !ShardVerifier(shards).problems().isEmpty)
        let removal = try ShardRemoval(shards)
        #expect(try ShardVerifier(shards).problems().isEmpty)
        let unknown = #expect(throws: Failure.self) {
            try removal.remove([5, 1000], reason: "", toolVersion: "test")
        }
        #expect(unknown?.code == .noInput)
        #expect(throws: Failure.self) { try removal.remove([-1], reason: "", toolVersion: "test") }
        #expect(throws: Failure.self) { try removal.documents(named: ["nobody"]) }
        #expect(try removal.remove(removal.documents(named: ["4"]), reason: "", toolVersion: "test") == 1)
        #expect(try ShardReader(shards).all(.train).allSatisfy { $0.documentA != 5 && $0.documentB != 5 })
    }

    @Test func `documents can be added after a removal`() throws {
        var fixture = try ShardFixture(documents: 40, seed: 73)
        let configuration = ShardConfiguration.small(seed: 73)
        _ = try fixture.run("shards", configuration).run()
        let shards = fixture.folder.file("shards")
        do { #expect(try ShardRemoval(shards).remove([3], reason: "", toolVersion: "test") == 1) }
        do { #expect(try CorpusRemoval(fixture.corpus).remove([3], reason: "", toolVersion: "test") == 1) }
        try fixture.add(documents: 20, seed: 74)
        #expect(try fixture.run("shards", configuration).run().documents == 60)
        #expect(try ShardVerifier(shards).problems().map(\.description) == [])
        let documents = Set(try ShardReader(shards).all(.train).flatMap { $0.runs.map(\.document) })
        #expect(!documents.contains(3) && documents.contains { $0 > 40 })
    }
}
