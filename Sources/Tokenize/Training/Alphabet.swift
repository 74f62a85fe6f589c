/// The characters of words, and which of them become pieces.
struct Alphabet {
    /// The characters that become pieces, in code point order.
    private(set) var characters: [UInt32] = []
    /// Those of them that come inside words.
    private(set) var inner: [UInt32] = []
    private var counts = ScalarTable<UInt64>(0)

    /// - Parameters:
    ///   - limit: most characters; the rarest go first, of equally rare ones those with the greater code point.
    ///   - initial: characters that are there in any case, first among the `limit`.
    ///   - minimum: a character that comes less often is left out, if it is none of `initial`.
    ///   - longestWord: characters of longer words do not count.
    init(
        _ words: CountedWords, limit: Int, initial: [UInt32] = [], minimum: UInt64 = 1, longestWord: Int = .max
    ) {
        var isInner = ScalarTable(false)
        let bytes = words.bytes.span
        for index in 0..<words.count {
            let (range, times) = (words.range(index), words.counts[index])
            if range.count > longestWord, Alphabet.length(bytes, range) > longestWord { continue }
            var position = range.lowerBound
            while position < range.upperBound {
                let (scalar, next) = UTF8Decoding.next(bytes, at: position, end: range.upperBound)
                counts[scalar] &+= times
                if position > range.lowerBound { isInner[scalar] = true }
                position = next
            }
        }
        var seen = counts.scalars.filter { [counts] in counts[$0] >= max(1, minimum) }
        let given = Set(initial)
        seen.removeAll(where: given.contains)
        seen.sort { [counts] in (counts[$0], $1) > (counts[$1], $0) }
        characters = Array((given.sorted() + seen).prefix(max(0, limit))).sorted()
        inner = characters.filter { isInner[$0] }
    }

    /// Characters of a word: bytes that begin one.
    static func length(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Int {
        var length = 0
        for index in word where bytes[index] & 0xC0 != 0x80 { length += 1 }
        return length
    }

    /// How often a character came.
    func count(_ scalar: UInt32) -> UInt64 { counts[scalar] }
}
