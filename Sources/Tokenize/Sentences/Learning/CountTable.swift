/// Two counts for each of many byte strings, in bounded room.
///
/// When there are more strings than the cap allows, the rarest are dropped (lossy counting, Manku & Motwani 2002): what a
/// corpus is full of stays, and the result depends on the order of the text alone.
struct CountTable: Sendable {
    private struct Entry: Sendable {
        var hash: UInt32
        var offset: Int
        var count: Int
        var first: Int
        var second: Int
    }

    /// Strings at most.
    let cap: Int
    private var slots: [Int32]
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Strings seen no more often than this may have been dropped.
    private(set) var floor = 0

    init(cap: Int) {
        self.cap = cap
        slots = Array(repeating: 0, count: 1024)
    }

    /// The number of strings.
    var count: Int { entries.count }

    /// Adds to the counts of a string.
    mutating func add(_ key: [UInt8], _ range: Range<Int>, _ first: Int, _ second: Int) {
        let hash = Self.hash(key, range)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] > 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].hash == hash, equals(entries[index], key, range) {
                entries[index].first += first
                entries[index].second += second
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(entries.count + 1)
        entries.append(Entry(hash: hash, offset: bytes.count, count: range.count, first: first, second: second))
        bytes += key[range]
        if entries.count > cap { prune() }
        if entries.count * 2 > slots.count { rehash(slots.count * 2) }
    }

    /// Adds all counts of another table.
    mutating func add(_ other: CountTable) {
        for entry in other.entries {
            add(other.bytes, entry.offset..<entry.offset + entry.count, entry.first, entry.second)
        }
    }

    /// The counts of a string, zero for one that is not there.
    func counts(_ key: [UInt8]) -> (first: Int, second: Int) {
        let hash = Self.hash(key, 0..<key.count)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] > 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, equals(entry, key, 0..<key.count) { return (entry.first, entry.second) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (0, 0)
    }

    /// Calls `body` for each string with its counts, in the order in which they came.
    func forEach(_ body: (ArraySlice<UInt8>, _ first: Int, _ second: Int) -> Void) {
        for entry in entries { body(bytes[entry.offset..<entry.offset + entry.count], entry.first, entry.second) }
    }

    /// Drops the rarest until half the room is free.
    private mutating func prune() {
        while entries.count > cap / 2 {
            floor += 1
            let kept = entries.filter { $0.first + $0.second > floor }
            var text: [UInt8] = []
            entries = kept.map { entry in
                var moved = entry
                moved.offset = text.count
                text += bytes[entry.offset..<entry.offset + entry.count]
                return moved
            }
            bytes = text
        }
        rehash(slots.count)
    }

    private mutating func rehash(_ size: Int) {
        slots = Array(repeating: 0, count: size)
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & (size - 1)
            while slots[slot] > 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    private func equals(_ entry: Entry, _ key: [UInt8], _ range: Range<Int>) -> Bool {
        guard entry.count == range.count else { return false }
        for index in 0..<entry.count where bytes[entry.offset + index] != key[range.lowerBound + index] { return false }
        return true
    }

    private static func hash(_ key: [UInt8], _ range: Range<Int>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for index in range { hash = (hash ^ UInt32(key[index])) &* 16_777_619 }
        return hash ^ hash >> 15
    }
}
