/// Counter-based random numbers: Philox4x32-10 (Salmon et al.
///
/// 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// A stream is named by a key (the seed) and three words of counter (what the draw is for); the fourth word counts
/// the draws. The same names give the same numbers on every machine, whatever else was drawn before.
public struct Philox: RandomNumberGenerator, Sendable {
    private let key: (UInt32, UInt32)
    private let stream: (UInt32, UInt32, UInt32)
    private var block: UInt32 = 0
    private var words: SIMD4<UInt32> = .zero
    private var used = 4

    /// A stream of its own for (seed, purpose, a, b).
    /// - Parameters:
    ///   - seed: the user's seed.
    ///   - purpose: what the draws are for, so that two uses never share numbers (for example `Philox.purpose("mask")`).
    ///   - a: the first index, for example a document or an epoch.
    ///   - b: the second index, for example a partition or a round.
    public init(seed: UInt64, purpose: UInt32, a: UInt64 = 0, b: UInt64 = 0) {
        // 64-bit indices are folded into the 96 bits of the counter through one bijective mix of (a, b).
        let mixed = Philox.mix(a &* 0x9E37_79B9_7F4A_7C15 &+ Philox.mix(b &+ 0xD1B5_4A32_D192_ED03))
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        stream = (purpose, UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    }

    /// A 32-bit name for a use of random numbers (FNV-1a of the word).
    public static func purpose(_ word: StaticString) -> UInt32 {
        word.withUTF8Buffer { $0.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }
    }

    /// The finaliser of SplitMix64: a bijection of 64 bits that spreads every bit.
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// One block of Philox4x32-10: four words from a 128-bit counter and a 64-bit key.
    public static func block(counter: SIMD4<UInt32>, key: (UInt32, UInt32)) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = key
        for _ in 0..<10 {
            let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
            let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
            (c0, c1, c2, c3) = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
            )
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }

    /// The next 32 random bits.
    public mutating func next32() -> UInt32 {
        if used == 4 {
            words = Philox.block(counter: SIMD4(block, stream.0, stream.1, stream.2), key: key)
            block &+= 1
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let low = UInt64(next32())
        return low | UInt64(next32()) << 32
    }

    /// A whole number in 0..<bound, without bias (Lemire 2019).
    ///
    /// `bound` is above zero.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a random number below zero or none")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A number in 0..<1 with 24 random bits.
    public mutating func unit() -> Double { Double(next32() >> 8) * 0x1p-24 }

    /// Shuffles in place (Fisher and Yates), the same way on every machine.
    public mutating func shuffle<Element>(_ array: inout [Element]) {
        guard array.count > 1 else { return }
        for last in stride(from: array.count - 1, to: 0, by: -1) {
            array.swapAt(last, below(last + 1))
        }
    }
}
