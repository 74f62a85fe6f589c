internal import Streaming

/// The order in which an epoch visits the instances of a split: blocks in random order, the instances of a block in
/// random order, so that a block is read once.
///
/// A function of (seed, epoch, split) alone; any position can be asked for, in O(log blocks) time. Memory: two numbers
/// for each block.
public struct InstanceOrder: Sendable {
    /// Instances of the split.
    public let count: Int
    /// First instance of each block, in the order of the visit.
    private let firsts: [Int]
    /// Positions at which the blocks begin, and the end.
    private let starts: [Int]
    private let seed: UInt64
    private let name: UInt64

    /// - Parameters:
    ///   - firsts: the first instance of each block, ascending from 0.
    ///   - count: all instances.
    init(seed: UInt64, epoch: Int, split: ShardSplit, firsts: [Int], count: Int) {
        self.count = count
        self.seed = seed
        name = UInt64(epoch) << 1 | split.number
        let sizes = firsts.indices.map { ($0 + 1 < firsts.count ? firsts[$0 + 1] : count) - firsts[$0] }
        var blocks = Array(firsts.indices)
        var draws = Philox(seed: seed, purpose: Philox.purpose("block order"), a: name)
        draws.shuffle(&blocks)
        self.firsts = blocks.map { firsts[$0] }
        var starts = [0]
        for block in blocks { starts.append(starts[starts.count - 1] + sizes[block]) }
        self.starts = starts
    }

    /// The number of the instance visited at `position`, which lies in 0..<count.
    public subscript(position: Int) -> Int {
        precondition((0..<count).contains(position), "position \(position) of an order of \(count)")
        var (low, high) = (0, firsts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= position { low = middle } else { high = middle }
        }
        let size = starts[low + 1] - starts[low]
        var draws = Philox(
            seed: seed, purpose: Philox.purpose("order in block"), a: name, b: UInt64(firsts[low]))
        return firsts[low] + SmallPermutation(count: size, key: draws.next())[position - starts[low]]
    }
}

/// A permutation of 0..<count that is computed, not stored: a Feistel network over the next power of four, walked
/// until it falls into the range (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
struct SmallPermutation {
    private static let rounds: UInt64 = 8
    let count: Int
    let key: UInt64
    private let halfBits: UInt64

    init(count: Int, key: UInt64) {
        self.count = count
        self.key = key
        var bits: UInt64 = 1
        while 1 << (2 * bits) < count { bits += 1 }
        halfBits = bits
    }

    subscript(index: Int) -> Int {
        var value = UInt64(index)
        repeat { value = step(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func step(_ value: UInt64) -> UInt64 {
        let mask = (1 as UInt64) << halfBits - 1
        var (left, right) = (value >> halfBits, value & mask)
        for round in 0..<SmallPermutation.rounds {
            let mixed = Philox.mix(key &+ round &* 0x9E37_79B9_7F4A_7C15 ^ right << 40)
            (left, right) = (right, left ^ (mixed >> 20 & mask))
        }
        return left << halfBits | right
    }
}
