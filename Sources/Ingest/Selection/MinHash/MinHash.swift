/// MinHash signatures: two texts agree in a place of them with the probability of their Jaccard similarity, taken over
/// their passages of five words (Broder 1997).
///
/// One-permutation hashing (Li, Owen and Zhang 2012) fills the 128 places in one pass; every passage counts as eight
/// copies of itself, which leaves the similarity as it is and fills the places of short texts too. Places still empty
/// borrow from full ones by optimal densification (Shrivastava 2017). Of each value 16 bits are kept.
enum MinHash {
    /// Places of a signature.
    static let places = 128
    /// Words of a passage; a shorter text is one passage.
    static let passageWords = 5
    /// Copies of each passage.
    private static let copies = 8
    private static let empty = UInt32.max

    private static let multipliers: [UInt64] = (0..<copies).map {
        WordScanner.finish(UInt64($0) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1) | 1
    }

    /// The signature, four values a word; empty for a text without a word.
    static func signature(of text: [UInt8]) -> [UInt64] {
        var minima = [UInt32](repeating: empty, count: places)
        var passage = PassageHash(length: passageWords)
        text.withUnsafeBufferPointer { text in
            minima.withUnsafeMutableBufferPointer { minima in
                multipliers.withUnsafeBufferPointer { multipliers in
                    WordScanner.forEach(text) { word, _ in
                        passage.add(word)
                        if passage.isFull { lower(minima, passage.value, multipliers) }
                    }
                    if passage.count > 0, !passage.isFull { lower(minima, passage.value, multipliers) }
                }
            }
        }
        guard passage.count > 0 else { return [] }
        return packed(densified(minima))
    }

    @inline(__always)
    private static func lower(
        _ minima: UnsafeMutableBufferPointer<UInt32>, _ hash: UInt64, _ multipliers: UnsafeBufferPointer<UInt64>
    ) {
        for multiplier in multipliers {
            let copy = hash &* multiplier
            let place = Int(copy >> 57)
            let value = UInt32(truncatingIfNeeded: copy >> 25)
            if value < minima[place] { minima[place] = value }
        }
    }

    private static func densified(_ minima: [UInt32]) -> [UInt32] {
        var full = minima
        for place in minima.indices where minima[place] == empty {
            var attempt: UInt64 = 0
            var donor = place
            while minima[donor] == empty {
                attempt += 1
                donor = Int(WordScanner.finish(UInt64(place) << 32 | attempt) >> 57)
            }
            full[place] = minima[donor]
        }
        return full
    }

    private static func packed(_ minima: [UInt32]) -> [UInt64] {
        (0..<places / 4).map { word in
            // Small numbers differ in their low bits: a product spreads them before 16 bits are taken.
            (0..<4).reduce(0) { $0 | UInt64((minima[4 * word + $1] &* 0x9E37_79B1) >> 16) << UInt64(16 * $1) }
        }
    }

    /// In how many places two signatures agree.
    static func agreements(_ first: [UInt64], _ second: ArraySlice<UInt64>) -> Int {
        var agreeing = 0
        for (left, right) in zip(first, second) {
            let difference = left ^ right
            for shift in stride(from: UInt64(0), to: 64, by: 16) where difference >> shift & 0xFFFF == 0 {
                agreeing += 1
            }
        }
        return agreeing
    }
}
