/// How much of a text its repeated passages of words make up; linear time for each length.
struct RepetitionMeasures {
    private let hashes: [UInt64]
    /// Characters before each word, and after the last.
    private let starts: [Int]
    private var keys: [UInt64]
    private var counts: [UInt32]
    private let bits: UInt64

    init(_ text: [UInt8]) {
        var hashes: [UInt64] = []
        var starts = [0]
        text.withUnsafeBufferPointer { text in
            WordScanner.forEach(text) { hash, range in
                hashes.append(hash)
                let characters = text[range].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
                starts.append(starts[starts.count - 1] + characters)
            }
        }
        bits = UInt64(max(4, Int.bitWidth - max(1, hashes.count).leadingZeroBitCount + 1))
        keys = [UInt64](repeating: 0, count: 1 << Int(bits))
        counts = [UInt32](repeating: 0, count: 1 << Int(bits))
        (self.hashes, self.starts) = (hashes, starts)
    }

    private var characters: Int { starts[starts.count - 1] }

    /// Counts all passages of `length` words and gives the slot of each.
    private mutating func count(_ length: Int) -> [Int32] {
        for slot in keys.indices { (keys[slot], counts[slot]) = (0, 0) }
        var passage = PassageHash(length: length)
        var slots: [Int32] = []
        slots.reserveCapacity(hashes.count)
        for hash in hashes {
            passage.add(hash)
            guard passage.isFull else { continue }
            let key = passage.value | 1
            var slot = Int(key >> (64 - bits))
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
            keys[slot] = key
            counts[slot] += 1
            slots.append(Int32(truncatingIfNeeded: slot))
        }
        return slots
    }

    /// The share of characters in the passage of `length` words that comes most often, if it comes twice or more.
    mutating func topShare(of length: Int) -> Double {
        let slots = count(length)
        var (best, place) = (UInt32(1), -1)
        for (at, slot) in slots.enumerated() where counts[Int(slot)] > best { (best, place) = (counts[Int(slot)], at) }
        guard place >= 0 else { return 0 }
        let size = starts[place + length] - starts[place]
        return min(1, Double(Int(best) * size) / Double(characters))
    }

    /// The share of characters in passages of `length` words that come more than once, each character counted once.
    mutating func duplicateShare(of length: Int) -> Double {
        let slots = count(length)
        var covered = 0
        var end = 0
        for (at, slot) in slots.enumerated() where counts[Int(slot)] > 1 {
            let start = max(end, starts[at])
            covered += max(0, starts[at + length] - start)
            end = max(end, starts[at + length])
        }
        return characters == 0 ? 0 : Double(covered) / Double(characters)
    }
}
