/// A set of corpus ids, one bit for each up to the largest: a million documents take 125 kB.
struct DocumentSet: Sendable {
    private var words: [UInt64] = []

    mutating func insert(_ document: Int64) {
        guard document >= 0 else { return }
        let word = Int(document >> 6)
        if word >= words.count { words.append(contentsOf: repeatElement(0, count: word + 1 - words.count)) }
        words[word] |= 1 << UInt64(document & 63)
    }

    func contains(_ document: Int64) -> Bool {
        guard document >= 0, Int(document >> 6) < words.count else { return false }
        return words[Int(document >> 6)] >> UInt64(document & 63) & 1 == 1
    }

    mutating func formUnion(_ other: DocumentSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Calls `body` with every member, ascending.
    func forEach(_ body: (Int64) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(Int64(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
    }
}
