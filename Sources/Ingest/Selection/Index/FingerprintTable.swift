internal import Foundation

/// A multimap of 64-bit keys in memory: open addressing by the top bits of a key, so that its slots are almost sorted.
///
/// It starts small and doubles up to `limit` slots; then `insert` refuses and the owner empties it into a run.
struct FingerprintTable: ~Copyable {
    /// Slots behind the last regular one, so that probing never wraps around.
    private static let tail = 1024
    private static let leastBits = 10

    private var entries: UnsafeMutablePointer<UInt64>
    private var bits = leastBits
    private let maximumBits: Int
    private(set) var count = 0

    /// - Parameter limit: slots at most, of 16 bytes; half as much again is needed for a moment when it doubles.
    init(limit: Int) {
        maximumBits = max(Self.leastBits, Int.bitWidth - 1 - max(1, limit).leadingZeroBitCount)
        // 32 KiB: without them nothing else works either.
        guard let entries = Self.allocate(bits) else { fatalError("out of memory") }
        self.entries = entries
    }

    deinit { free(entries) }

    private static func allocate(_ bits: Int) -> UnsafeMutablePointer<UInt64>? {
        calloc(2 * ((1 << bits) + tail), 8)?.assumingMemoryBound(to: UInt64.self)
    }

    private var slots: Int { (1 << bits) + Self.tail }

    /// A zero marks a free slot.
    private static func stored(_ key: UInt64) -> UInt64 { key == 0 ? 1 : key }

    /// Adds a pair; false when there is no room.
    mutating func insert(_ key: UInt64, _ value: UInt64) -> Bool {
        while count >= 3 << (bits - 2) || !place(Self.stored(key), value) {
            guard bits < maximumBits, double() else { return false }
        }
        return true
    }

    private mutating func place(_ key: UInt64, _ value: UInt64) -> Bool {
        var slot = Int(key >> UInt64(64 - bits))
        while entries[2 * slot] != 0 {
            slot += 1
            if slot == slots { return false }
        }
        entries[2 * slot] = key
        entries[2 * slot + 1] = value
        count += 1
        return true
    }

    /// Moves to twice the slots; false, and nothing has changed, when there is no memory for them.
    private mutating func double() -> Bool {
        let (old, oldBits, oldSlots, oldCount) = (entries, bits, slots, count)
        var isPlaced = false
        while !isPlaced {
            bits += 1
            guard bits <= maximumBits, let larger = Self.allocate(bits) else {
                (entries, bits, count) = (old, oldBits, oldCount)
                return false
            }
            entries = larger
            count = 0
            isPlaced = true
            for slot in 0..<oldSlots where old[2 * slot] != 0 && isPlaced {
                isPlaced = place(old[2 * slot], old[2 * slot + 1])
            }
            if !isPlaced { free(entries) }
        }
        free(old)
        return true
    }

    /// Appends the values of a key.
    func values(of key: UInt64, into values: inout [UInt64]) {
        let key = Self.stored(key)
        var slot = Int(key >> UInt64(64 - bits))
        while slot < slots, entries[2 * slot] != 0 {
            if entries[2 * slot] == key { values.append(entries[2 * slot + 1]) }
            slot += 1
        }
    }

    /// Hands out all pairs, sorted by key, and becomes empty.
    mutating func drain(_ take: (_ key: UInt64, _ value: UInt64) throws -> Void) rethrows {
        var filled = 0
        for slot in 0..<slots where entries[2 * slot] != 0 {
            // Insertion sort: within a cluster of probes alone can a slot be out of order.
            let (key, value) = (entries[2 * slot], entries[2 * slot + 1])
            var at = filled
            while at > 0, entries[2 * at - 2] > key {
                entries[2 * at] = entries[2 * at - 2]
                entries[2 * at + 1] = entries[2 * at - 1]
                at -= 1
            }
            entries[2 * at] = key
            entries[2 * at + 1] = value
            filled += 1
        }
        for index in 0..<filled { try take(entries[2 * index], entries[2 * index + 1]) }
        memset(entries, 0, 16 * slots)
        count = 0
    }
}
