/// A set of byte strings, each with a number from 0 in the order of arrival: names looked up without making Strings.
struct ByteTable: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        var start: Int
        var count: Int
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Open addressing: an entry's number plus one, 0 where empty; a power of two in size.
    private var slots: [Int32]

    init() { slots = [Int32](repeating: 0, count: 64) }

    /// How many names there are.
    var count: Int { entries.count }

    /// A name by its number.
    subscript(index: Int) -> ArraySlice<UInt8> {
        let entry = entries[index]
        return bytes[entry.start..<entry.start + entry.count]
    }

    /// The number of `source[range]`, if it is known.
    func find(_ source: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let found = slots[slot(source, range, hash(source, range))]
        return found == 0 ? nil : Int(found) - 1
    }

    /// The number of a whole byte string, if it is known.
    func find(_ key: [UInt8]) -> Int? { find(key.span, 0..<key.count) }

    /// The number of `source[range]`, added when new.
    mutating func intern(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        let source = bytes.span
        let code = hash(source, range)
        let place = slot(source, range, code)
        if slots[place] != 0 { return Int(slots[place]) - 1 }
        entries.append(Entry(hash: code, start: self.bytes.count, count: range.count))
        self.bytes.append(contentsOf: bytes[range])
        slots[place] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    private func slot(_ source: Span<UInt8>, _ range: Range<Int>, _ code: UInt64) -> Int {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: code) & mask
        while slots[place] != 0 {
            let entry = entries[Int(slots[place]) - 1]
            if entry.hash == code, equal(entry, source, range) { break }
            place = (place + 1) & mask
        }
        return place
    }

    private func equal(_ entry: Entry, _ source: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard entry.count == range.count else { return false }
        for k in 0..<entry.count where bytes[entry.start + k] != source[range.lowerBound + k] { return false }
        return true
    }

    /// FNV-1a, its high half folded in.
    private func hash(_ source: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var code: UInt64 = 14_695_981_039_346_656_037
        for k in range { code = (code ^ UInt64(source[k])) &* 1_099_511_628_211 }
        return code ^ (code >> 32)
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var place = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = Int32(index + 1)
        }
    }
}
