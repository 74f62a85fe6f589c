internal import Streaming

/// Counts words in memory of a stated size: open addressing, 32 bytes a place, long words in an arena.
///
/// A word's place is its hash scaled to the table, so the table is in the order of hashes but for what collisions moved.
struct WordCountTable: ~Copyable {
    private var memory: PageMemory
    private var slots: UnsafeMutablePointer<WordSlot>
    private var capacity: Int
    private var arena: ByteArena
    private let budget: Int
    /// Different words.
    private(set) var count = 0
    /// Set when the budget was reached once: from then on the table has its full size at once.
    private var isLarge = false

    /// Places behind the last one, for what collisions move on.
    private static let overflow = 512

    /// - Parameter budget: bytes the table may take, growing included; at least some 100 KiB are taken.
    init(budget: Int) throws(Failure) {
        self.budget = budget
        capacity = 1 << 10
        memory = try PageMemory(count: (capacity + WordCountTable.overflow) * MemoryLayout<WordSlot>.stride)
        slots = memory.base.assumingMemoryBound(to: WordSlot.self)
        arena = ByteArena(chunkBytes: min(1 << 20, max(1 << 12, budget / 16)))
    }

    /// Counts a word `times` more.
    ///
    /// The bytes of a long one are copied.
    /// - Returns: false when there is no room for another word: empty the table, then count it again.
    @inline(__always)
    mutating func add(_ key: WordKey, hash: UInt64, times: UInt64) throws(Failure) -> Bool {
        var index = Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(capacity)).high)
        while slots[index].count != 0 {
            if slots[index].holds(key) {
                slots[index].count &+= times
                return true
            }
            index += 1
        }
        return try insert(key, hash: hash, times: times, at: index)
    }

    @inline(never)
    private mutating func insert(
        _ key: WordKey, hash: UInt64, times: UInt64, at index: Int
    ) throws(Failure) -> Bool {
        let isLong = key.length > WordKey.inlineBytes
        if isLong, count > 0, memory.count + arena.bytes + arena.cost(of: key.length) > budget { return false }
        // The last place stays free, so that every search ends.
        if count * 10 >= capacity * 7 || index >= capacity + WordCountTable.overflow - 1 {
            guard try grow() else { return false }
            return try add(key, hash: hash, times: times)
        }
        var kept = key
        if isLong {
            let bytes = UnsafePointer<UInt8>(bitPattern: UInt(key.first))!
            kept.first = UInt64(UInt(bitPattern: try arena.store(bytes, key.length)))
        }
        slots[index] = WordSlot(kept, count: times)
        count += 1
        return true
    }

    private mutating func grow() throws(Failure) -> Bool {
        let larger = capacity * 2
        let bytes = (larger + WordCountTable.overflow) * MemoryLayout<WordSlot>.stride
        guard memory.count + arena.bytes + bytes <= budget else { return false }
        let (oldSlots, oldCapacity) = (slots, capacity)
        // The old memory, which holds the words until they are in their new places.
        var other = try PageMemory(count: bytes)
        swap(&other, &memory)
        slots = memory.base.assumingMemoryBound(to: WordSlot.self)
        capacity = larger
        for index in 0..<oldCapacity + WordCountTable.overflow where oldSlots[index].count != 0 {
            place(oldSlots[index])
        }
        withExtendedLifetime(other.count) {}
        return true
    }

    private func place(_ slot: WordSlot) {
        var index = Int(truncatingIfNeeded: slot.key.hash.multipliedFullWidth(by: UInt64(capacity)).high)
        while slots[index].count != 0 { index += 1 }
        slots[index] = slot
    }

    /// Moves the words to the front of the table, in `WordOrder`.
    ///
    /// The table must be emptied before it counts again.
    mutating func sort() -> UnsafeBufferPointer<WordSlot> {
        var (read, write) = (0, 0)
        let end = capacity + WordCountTable.overflow
        while read < end {
            guard slots[read].count != 0 else {
                read += 1
                continue
            }
            let first = write
            // Between two free places the words are among themselves: their hashes lie between those around.
            while read < end, slots[read].count != 0 {
                slots[write] = slots[read]
                (read, write) = (read + 1, write + 1)
            }
            sort(first..<write)
        }
        return UnsafeBufferPointer(start: slots, count: write)
    }

    /// Insertion for the few that collide; many that do are sorted with their hashes beside them.
    private func sort(_ range: Range<Int>) {
        guard range.count <= 32 else { return sortMany(range) }
        for index in range.dropFirst() {
            let slot = slots[index]
            let hash = slot.key.hash
            var place = index
            while place > range.lowerBound,
                WordCountTable.precedes(slot, hash, slots[place - 1], slots[place - 1].key.hash)
            {
                slots[place] = slots[place - 1]
                place -= 1
            }
            if place != index { slots[place] = slot }
        }
    }

    private func sortMany(_ range: Range<Int>) {
        let found = range.map { (hash: slots[$0].key.hash, slot: slots[$0]) }
        let sorted = found.sorted { WordCountTable.precedes($0.slot, $0.hash, $1.slot, $1.hash) }
        for (offset, entry) in sorted.enumerated() { slots[range.lowerBound + offset] = entry.slot }
    }

    private static func precedes(_ a: WordSlot, _ aHash: UInt64, _ b: WordSlot, _ bHash: UInt64) -> Bool {
        guard aHash == bHash else { return aHash < bHash }
        return withUnsafePointer(to: a) { a in
            withUnsafePointer(to: b) { b in
                WordOrder.compare(WordSlot.bytes(at: a), a.pointee.length, WordSlot.bytes(at: b), b.pointee.length) < 0
            }
        }
    }

    /// Forgets all words and gives long ones' bytes back; the table then takes the size that the budget allows.
    mutating func removeAll() throws(Failure) {
        arena.removeAll()
        count = 0
        let most = (budget - budget / 8) / MemoryLayout<WordSlot>.stride - WordCountTable.overflow
        if !isLarge, most > capacity {
            (isLarge, capacity) = (true, most)
            // The old memory goes before the new one comes.
            memory = try PageMemory(count: 1)
            memory = try PageMemory(count: (capacity + WordCountTable.overflow) * MemoryLayout<WordSlot>.stride)
            slots = memory.base.assumingMemoryBound(to: WordSlot.self)
        } else {
            memory.clear()
        }
    }

    /// Calls `body` with the bytes and count of every word.
    func forEach(_ body: (UnsafePointer<UInt8>, Int, UInt64) throws -> Void) rethrows {
        for index in 0..<capacity + WordCountTable.overflow where slots[index].count != 0 {
            try body(WordSlot.bytes(at: UnsafePointer(slots + index)), slots[index].length, slots[index].count)
        }
    }

    /// Bytes taken from the system.
    var bytes: Int { memory.count + arena.bytes }
}
