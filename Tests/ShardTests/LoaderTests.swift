internal import Foundation
@testable import Shard
import Streaming
import TestSupport
import Testing
import Tokenize

/// The loader: any position at once, blocks read ahead, batches as asked for.
struct LoaderTests {
    private func loader(
        _ reader: ShardReader, seed: UInt64, from position: Int, _ limit: ShardLoader.Limit
    ) throws -> ShardLoader {
        let policy = try MaskingPolicy(reader.information, vocabulary: reader.tokenizer().vocabulary)
        return ShardLoader(reader, policy, seed: seed, from: position, limit: limit)
    }

    @Test(arguments: [ShardLoader.Limit.instances(7), .tokens(500)])
    func `a loader that begins anywhere goes on as one that came there`(limit: ShardLoader.Limit) throws {
        let fixture = try ShardFixture(documents: 60, seed: 81)
        _ = try fixture.run("shards", .small(seed: 81)).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let all = try loader(reader, seed: 5, from: 0, limit)
        var examples: [MaskedExample] = []
        while examples.count < reader.count(.train) * 5 / 2 {
            let batch = try all.next()
            switch limit {
            case .instances(let count): #expect(batch.count == count)
            case .tokens(let count):
                #expect(batch.count == 1 || batch.reduce(0) { $0 + $1.tokens.count } <= count)
            }
            examples += batch
        }
        all.close()
        for start in [1, 100, reader.count(.train), reader.count(.train) + 17] {
            let later = try loader(reader, seed: 5, from: start, limit)
            #expect(try later.next() == Array(examples[start...].prefix(later.lastCount)))
            later.close()
        }
        // Every epoch visits every instance once: the same unmasked tokens, in another order.
        let epoch = reader.count(.train)
        func plain(_ part: ArraySlice<MaskedExample>) -> [[Int32]] {
            part.map { example in
                var tokens = example.tokens
                for (position, label) in zip(example.positions, example.labels) { tokens[Int(position)] = label }
                return tokens
            }.sorted { $0.lexicographicallyPrecedes($1) }
        }
        #expect(plain(examples[..<epoch]) == plain(examples[epoch..<2 * epoch]))
        #expect(Array(examples[..<epoch]) != Array(examples[epoch..<2 * epoch]))
    }

    @Test func `a loader feeds far more tokens than a core can train on`() throws {
        let fixture = try ShardFixture(documents: 2000, seed: 82)
        var configuration = ShardConfiguration.small(seed: 82)
        configuration.sequenceLengths = [128]
        configuration.partitionBytes = 64 << 20
        _ = try fixture.run("shards", configuration, jobs: 2).run()
        let reader = try ShardReader(fixture.folder.file("shards"))
        let loader = try loader(reader, seed: 1, from: 0, .tokens(4096))
        defer { loader.close() }
        let began = DispatchTime.now()
        var tokens = 0
        while tokens < 2_000_000 { tokens += try loader.next().reduce(0) { $0 + $1.tokens.count } }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e9
        print("loader: \(Int(Double(tokens) / seconds)) tokens/s")
        #expect(Double(tokens) / seconds > 200_000)
    }
}
