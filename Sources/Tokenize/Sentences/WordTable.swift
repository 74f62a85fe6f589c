/// Words and what they mean, found by their bytes without a copy; open addressing.
struct WordTable: Sendable {
    private struct Entry: Sendable {
        var hash: UInt32
        var offset: Int32
        var count: Int32
        var kinds: WordKinds
        /// Whether only this spelling is meant; else any casing of a word in lower case is.
        var isExact: Bool
    }

    /// Indices into `entries`, plus one; a power of two of them, at most half taken.
    private var slots: [Int32] = Array(repeating: 0, count: 64)
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []

    /// The number of words.
    var count: Int { entries.count }

    /// Gives a word a meaning beside those it has.
    /// - Parameter isExact: the word stands for this spelling alone.
    mutating func insert(_ word: [UInt8], _ kinds: WordKinds, isExact: Bool) {
        let hash = Self.hash(word, 0..<word.count, folded: false)
        if let index = find(hash, word, 0..<word.count, folded: false, exact: isExact) {
            entries[index].kinds.formUnion(kinds)
            return
        }
        entries.append(
            Entry(hash: hash, offset: Int32(bytes.count), count: Int32(word.count), kinds: kinds, isExact: isExact))
        bytes += word
        if entries.count * 2 > slots.count { grow() } else { place(entries.count - 1) }
    }

    /// Takes kinds away from every spelling of a word.
    mutating func remove(_ word: [UInt8], _ kinds: WordKinds) {
        let folded = FoldedBytes.lowercased(word)
        for index in entries.indices {
            let entry = entries[index]
            let spelling = bytes[Int(entry.offset)..<Int(entry.offset + entry.count)]
            if FoldedBytes.lowercased(Array(spelling)) == folded { entries[index].kinds.subtract(kinds) }
        }
    }

    /// The kinds of a word by its own spelling and in lower case.
    ///
    /// Blanks in it are passed over, so that `z. B` is found as `z.B`. Linear in the word.
    func find(_ text: [UInt8], _ range: Range<Int>) -> WordKinds {
        var exact = Self.basis
        var folded = Self.basis
        for index in range {
            let byte = text[index]
            // Blanks and letters beyond ASCII take the longer way.
            guard byte < 0x80, byte != 0x20 else { return findUnicode(text, range) }
            exact = (exact ^ UInt32(byte)) &* Self.prime
            folded = (folded ^ UInt32(Self.lowercased(byte))) &* Self.prime
        }
        return probe(exact ^ exact >> 15, text, range, exact: true)
            .union(probe(folded ^ folded >> 15, text, range, exact: false))
    }

    /// The kinds of a word of ASCII letters; an entry that is not exact is compared in lower case.
    private func probe(_ hash: UInt32, _ text: [UInt8], _ range: Range<Int>, exact: Bool) -> WordKinds {
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] > 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].hash == hash, entries[index].isExact == exact, Int(entries[index].count) == range.count {
                let offset = Int(entries[index].offset) - range.lowerBound
                let isSame = range.allSatisfy {
                    bytes[offset + $0] == (exact ? text[$0] : Self.lowercased(text[$0]))
                }
                if isSame { return entries[index].kinds }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return []
    }

    @inline(__always)
    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private func findUnicode(_ text: [UInt8], _ range: Range<Int>) -> WordKinds {
        var kinds: WordKinds = []
        let exact = Self.hash(text, range, folded: false)
        if let index = find(exact, text, range, folded: false, exact: true) { kinds = entries[index].kinds }
        let folded = Self.hash(text, range, folded: true)
        if let index = find(folded, text, range, folded: true, exact: false) { kinds.formUnion(entries[index].kinds) }
        return kinds
    }

    // FNV-1a.
    private static let basis: UInt32 = 2_166_136_261
    private static let prime: UInt32 = 16_777_619

    private func find(_ hash: UInt32, _ text: [UInt8], _ range: Range<Int>, folded: Bool, exact: Bool) -> Int? {
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] > 0 {
            let index = Int(slots[slot]) - 1
            let entry = entries[index]
            if entry.hash == hash, entry.isExact == exact, equals(entry, text, range, folded: folded) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func equals(_ entry: Entry, _ text: [UInt8], _ range: Range<Int>, folded: Bool) -> Bool {
        var reader = FoldedBytes(text, range, folded: folded)
        var position = Int(entry.offset)
        let end = position + Int(entry.count)
        while let byte = reader.next() {
            guard position < end, bytes[position] == byte else { return false }
            position += 1
        }
        return position == end
    }

    private static func hash(_ text: [UInt8], _ range: Range<Int>, folded: Bool) -> UInt32 {
        var reader = FoldedBytes(text, range, folded: folded)
        var hash = basis
        while let byte = reader.next() { hash = (hash ^ UInt32(byte)) &* prime }
        return hash ^ hash >> 15
    }

    private mutating func place(_ index: Int) {
        var slot = Int(entries[index].hash) & (slots.count - 1)
        while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index + 1)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for index in entries.indices { place(index) }
    }
}
