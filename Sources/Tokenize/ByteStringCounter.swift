/// Counts byte strings: an open-addressing table over one buffer of keys.
///
/// Memory is the distinct strings' bytes and 32 bytes or less for each of them, twice that while it grows.
struct ByteStringCounter: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        var start: UInt64
        var count: UInt64
        var length: UInt32
    }

    private var entries: [Entry] = []
    private var keys: [UInt8] = []
    /// Entry numbers plus one; 0 is a free slot.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)

    /// How many different strings there are.
    var count: Int { entries.count }

    /// The bytes of a string, in the order of their first coming.
    func key(_ index: Int) -> ArraySlice<UInt8> {
        let start = Int(entries[index].start)
        return keys[start..<start + Int(entries[index].length)]
    }

    /// How often a string came.
    func occurrences(_ index: Int) -> UInt64 { entries[index].count }

    /// Counts `bytes[range]`, not empty, `times` more.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>, times: UInt64) {
        let hash = ByteHash.hash(bytes.bytes, range.lowerBound, range.count)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot] - 1)
            if entries[index].hash == hash, matches(entries[index], bytes, range) {
                entries[index].count += times
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = UInt32(entries.count + 1)
        entries.append(Entry(hash: hash, start: UInt64(keys.count), count: times, length: UInt32(range.count)))
        for index in range { keys.append(bytes[index]) }
        if entries.count * 2 > slots.count { grow() }
    }

    /// Adds what another counter counted.
    mutating func merge(_ other: ByteStringCounter) {
        for entry in other.entries {
            let start = Int(entry.start)
            add(other.keys.span, start..<start + Int(entry.length), times: entry.count)
        }
    }

    private func matches(_ entry: Entry, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard Int(entry.length) == range.count else { return false }
        let start = Int(entry.start)
        for offset in 0..<range.count where keys[start + offset] != bytes[range.lowerBound + offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }
}
