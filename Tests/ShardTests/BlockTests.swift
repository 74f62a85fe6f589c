@testable import Shard
import Streaming
import Testing

/// The coding of a block: what is written is read, what is damaged is refused.
struct BlockTests {
    private struct Sample {
        var instances: [Instance] = []
        var raw: [UInt8] = []
        var limits: BlockLimits
        var order: TokenOrder
    }

    private func sample(seed: UInt64, vocabularySize: Int, isStatic: Bool, objective: ShardObjective) -> Sample {
        var configuration = ShardConfiguration.small(seed: seed, objective: objective)
        configuration.masking = isStatic ? .static : .dynamic
        configuration.packing = objective == .mlm && seed % 2 == 1 ? .full : .document
        let limits = BlockLimits(configuration, sequenceLength: 64, vocabularySize: vocabularySize)
        var draws = Philox(seed: seed, purpose: Philox.purpose("block test"))
        let order = TokenOrder(counts: (0..<vocabularySize).map { _ in draws.below(9) })
        var sample = Sample(limits: limits, order: order)
        var encoder = ShardBlockEncoder(width: limits.width, isStatic: isStatic, sequenceLength: 64, order: order)
        for index in 0..<1 + draws.below(40) {
            func ids(_ count: Int) -> [Int32] { (0..<count).map { _ in Int32(draws.below(vocabularySize)) } }
            let document = Int64(1 + draws.below(1 << 40))
            let random = objective != .mlm && draws.below(2) == 0
            var runs = [Instance.Run(document: document, count: 1 + draws.below(20))]
            let more = objective != .mlm ? 1 : configuration.packing == .full ? draws.below(4) : 0
            for _ in 0..<more {
                let differs = objective == .mlm || objective == .nsp && random
                runs.append(
                    .init(
                        document: differs ? document + 1 + Int64(draws.below(9)) : document, count: 1 + draws.below(10))
                )
            }
            var instance = Instance(
                index: index + 5, tokens: ids(runs.reduce(0) { $0 + $1.count }), runs: runs, isRandomNext: random)
            var masks: ShardBlockEncoder.Masks?
            if isStatic {
                // The first and the last token of every run.
                var places: [Int32: Int32] = [:]
                var start = 0
                for (number, run) in runs.enumerated() {
                    places[Int32(start + number + 1)] = instance.tokens[start]
                    places[Int32(start + number + run.count)] = instance.tokens[start + run.count - 1]
                    start += run.count
                }
                let positions = places.keys.sorted()
                masks = ShardBlockEncoder.Masks(positions: positions, replacements: ids(positions.count))
                instance.staticPositions = masks?.positions
                instance.staticReplacements = masks?.replacements
                instance.staticLabels = positions.map { places[$0] ?? -1 }
            }
            var stored: [UInt8] = []
            var stretches: [RunBytes] = []
            for id in instance.tokens { stored.append(token: id, width: limits.width) }
            for run in runs {
                let start = stretches.last?.bytes.upperBound ?? 0
                stretches.append(
                    RunBytes(document: run.document, bytes: start..<start + run.count * limits.width))
            }
            encoder.append(stretches, in: stored, isRandomNext: random, masks: masks)
            sample.instances.append(instance)
        }
        sample.raw = encoder.finish()
        return sample
    }

    @Test(arguments: 0..<24)
    func `what is written is read`(seed: Int) throws {
        let sample = sample(
            seed: UInt64(seed), vocabularySize: seed % 2 == 0 ? 65_536 : 70_000, isStatic: seed % 3 == 0,
            objective: ShardObjective.allCases[seed % 3])
        let block = try DecodedBlock(
            sample.raw, expecting: sample.instances.count, limits: sample.limits, order: sample.order, at: "here")
        for (index, instance) in sample.instances.enumerated() {
            #expect(block.instance(index, number: index + 5, split: .train) == instance, "seed \(seed)")
        }
        #expect(sample.raw.count <= sample.limits.largestRawSize(count: sample.instances.count))
    }

    @Test(arguments: 0..<12)
    func `damage is refused or harmless, never a crash`(seed: Int) throws {
        let sample = sample(
            seed: UInt64(seed), vocabularySize: 700, isStatic: seed % 2 == 0,
            objective: ShardObjective.allCases[seed % 3])
        func tried(_ raw: [UInt8], count: Int) throws(Failure) {
            let block = try DecodedBlock(raw, expecting: count, limits: sample.limits, order: sample.order, at: "here")
            for index in 0..<block.count { _ = block.instance(index, number: index, split: .train) }
        }
        let count = sample.instances.count
        var refused = 0
        for byte in sample.raw.indices {
            var raw = sample.raw
            raw[byte] ^= UInt8(1 << (byte % 8))
            do throws(Failure) { try tried(raw, count: count) } catch {
                #expect(error.code == .badData)
                refused += 1
            }
            #expect(throws: Failure.self) { try tried(Array(sample.raw[..<byte]), count: count) }
        }
        #expect(refused > 0)
        #expect(throws: Failure.self) { try tried(sample.raw + [0], count: count) }
        #expect(throws: Failure.self) { try tried(sample.raw, count: count + 1) }
        #expect(throws: Failure.self) { try tried(sample.raw, count: count - 1) }
    }
}
