/// Remembers the ids of short runs of text, so that a frequent word is looked up once with one comparison.
///
/// Open addressing over at most 32,768 runs; when it is full it forgets everything, which bounds its memory to some
/// 5 MB and never changes a result.
struct WordCache: Sendable {
    /// Longest run kept, in bytes.
    static let longestRun = 64

    private struct Entry: Sendable {
        var hash: UInt64 = 0
        var keyStart: UInt32 = 0
        var idsStart: UInt32 = 0
        var idsCount: UInt16 = 0
        /// Bytes of the run; 0 is a free slot.
        var length: UInt16 = 0
    }

    private static let slots = 1 << 16
    private static let most = 1 << 15

    private var entries = [Entry](repeating: Entry(), count: WordCache.slots)
    private var keys: [UInt64] = []
    private var ids: [Int32] = []
    private var count = 0

    /// A run's place in the cache, found or free.
    struct Place {
        let hash: UInt64
        let slot: Int
        let found: Bool
    }

    /// Looks a run of 1 to `longestRun` bytes up.
    @inline(__always)
    func find(_ text: RawSpan, _ start: Int, _ length: Int) -> Place {
        let hash = ByteHash.hash(text, start, length)
        var slot = Int(truncatingIfNeeded: hash) & (WordCache.slots - 1)
        while true {
            let entry = entries[slot]
            if entry.length == 0 { return Place(hash: hash, slot: slot, found: false) }
            if entry.hash == hash, Int(entry.length) == length, matches(entry, text, start) {
                return Place(hash: hash, slot: slot, found: true)
            }
            slot = (slot + 1) & (WordCache.slots - 1)
        }
    }

    /// Appends the ids of a run that was found.
    @inline(__always)
    func appendIDs(at place: Place, to result: inout [Int32]) {
        let entry = entries[place.slot]
        let start = Int(entry.idsStart)
        if entry.idsCount == 1 {
            result.append(ids[start])
        } else {
            for index in start..<start + Int(entry.idsCount) { result.append(ids[index]) }
        }
    }

    /// Remembers the ids of a run that was not found.
    mutating func insert(_ text: RawSpan, _ start: Int, _ length: Int, at place: Place, ids new: ArraySlice<Int32>) {
        if count == WordCache.most {
            forget()
            insert(text, start, length, at: find(text, start, length), ids: new)
            return
        }
        entries[place.slot] = Entry(
            hash: place.hash, keyStart: UInt32(keys.count), idsStart: UInt32(ids.count), idsCount: UInt16(new.count),
            length: UInt16(length))
        for offset in stride(from: 0, to: length, by: 8) {
            keys.append(ByteHash.word(text, start + offset, min(8, length - offset)))
        }
        ids += new
        count += 1
    }

    private mutating func forget() {
        for slot in entries.indices { entries[slot].length = 0 }
        keys.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        count = 0
    }

    @inline(__always)
    private func matches(_ entry: Entry, _ text: RawSpan, _ start: Int) -> Bool {
        var key = Int(entry.keyStart)
        var offset = 0
        let length = Int(entry.length)
        while offset < length {
            if keys[key] != ByteHash.word(text, start + offset, min(8, length - offset)) { return false }
            key += 1
            offset += 8
        }
        return true
    }
}
