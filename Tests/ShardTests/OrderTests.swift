@testable import Shard
import Streaming
import Testing

/// Orders of visit.
struct OrderTests {
    @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 1000, 4095, 4096])
    func `the small permutation is one`(count: Int) {
        var draws = Philox(seed: UInt64(count), purpose: Philox.purpose("permutation test"))
        for _ in 0..<5 {
            let permutation = SmallPermutation(count: count, key: draws.next())
            #expect(Set((0..<count).map { permutation[$0] }) == Set(0..<count))
        }
    }

    @Test(arguments: [1, 2, 3])
    func `an order visits everything once and reads each block once`(seed: UInt64) {
        var draws = Philox(seed: seed, purpose: Philox.purpose("order test"))
        var firsts: [Int] = []
        var count = 0
        for _ in 0..<1 + draws.below(30) {
            firsts.append(count)
            count += 1 + draws.below(300)
        }
        var seen: Set<[Int]> = []
        for epoch in 0..<4 {
            let order = InstanceOrder(seed: seed, epoch: epoch, split: .train, firsts: firsts, count: count)
            let visit = (0..<count).map { order[$0] }
            #expect(visit.sorted() == Array(0..<count), "seed \(seed)")
            let blocks = visit.map { index in firsts.lastIndex { $0 <= index } }
            #expect(zip(blocks, blocks.dropFirst()).filter { $0 != $1 }.count == firsts.count - 1)
            seen.insert(visit)
        }
        #expect(seen.count == 4 || count < 5)
        let empty = InstanceOrder(seed: seed, epoch: 0, split: .validation, firsts: [], count: 0)
        #expect(empty.count == 0)
    }

    @Test func `the permutation spreads`() {
        // The mean distance of neighbours in a random order of n is n/3.
        let permutation = SmallPermutation(count: 4096, key: 99)
        let distance = (1..<4096).reduce(0) { $0 + abs(permutation[$1] - permutation[$1 - 1]) }
        #expect(abs(Double(distance) / 4095 - 4096 / 3) < 100)
    }
}
