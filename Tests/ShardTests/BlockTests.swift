@testable import Shard
import Streaming
import Testing

/// The coding of a block: what is written is read, what is damaged is refused.
struct BlockTests {
    private struct Sample {
        var instances: [Instance] = []
        var raw: [UInt8] = []
        var limits: BlockLimits
    }

    private func sample(seed: UInt64, vocabularySize: Int, isStatic: Bool, objective: ShardObjective) -> Sample {
        var configuration = ShardConfiguration.small(seed: seed, objective: objective)
        configuration.masking = isStatic ? .static : .dynamic
        let limits = BlockLimits(configuration, vocabularySize: vocabularySize)
        var sample = Sample(limits: limits)
        var draws = Philox(seed: seed, purpose: Philox.purpose("block test"))
        var encoder = ShardBlockEncoder(width: limits.width, isStatic: isStatic)
        for index in 0..<1 + draws.below(40) {
            func ids(_ count: Int) -> [Int32] { (0..<count).map { _ in Int32(draws.below(vocabularySize)) } }
            let a = 1 + draws.below(40)
            let b = objective == .mlm ? 0 : 1 + draws.below(21)
            let random = objective != .mlm && draws.below(2) == 0
            let document = Int64(1 + draws.below(1 << 40))
            var instance = Instance(
                index: index + 5, a: ids(a), b: ids(b), isRandomNext: random, documentA: document,
                documentB: objective == .nsp && random ? document + 1 + Int64(draws.below(9)) : document)
            var masks: ShardBlockEncoder.Masks?
            if isStatic {
                let places = Set((0..<4).map { _ in 1 + draws.below(a) }).sorted()
                masks = ShardBlockEncoder.Masks(positions: places.map(Int32.init), replacements: ids(places.count))
                instance.staticPositions = masks?.positions
                instance.staticReplacements = masks?.replacements
                instance.staticLabels = places.map { instance.a[$0 - 1] }
            }
            func stored(_ ids: [Int32]) -> ArraySlice<UInt8> {
                var bytes: [UInt8] = []
                for id in ids { bytes.append(token: id, width: limits.width) }
                return bytes[...]
            }
            encoder.append(
                a: stored(instance.a), b: stored(instance.b), isRandomNext: random, documentA: instance.documentA,
                documentB: instance.documentB, masks: masks)
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
        let block = try DecodedBlock(sample.raw, expecting: sample.instances.count, limits: sample.limits, at: "here")
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
            let block = try DecodedBlock(raw, expecting: count, limits: sample.limits, at: "here")
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
