/// Pairs of neighbouring pieces: a number for each, how often it comes, and the words in which it does.
struct PairTable: ~Copyable {
    private var slots: [Int32]
    private var keys: [UInt64] = []
    private var counts: [Int64] = []
    private var places: [UnsafeMutableBufferPointer<UInt32>] = []

    init() { slots = [Int32](repeating: -1, count: 1 << 12) }

    deinit { for list in places { list.deallocate() } }

    /// Pairs that have a number.
    var count: Int { keys.count }

    /// The two pieces as one number, by which equal pairs are ordered.
    @inline(__always)
    static func key(_ a: Int32, _ b: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
    }

    /// The two pieces of a pair.
    @inline(__always)
    func pieces(_ pair: Int32) -> (a: Int32, b: Int32) {
        let key = keys[Int(pair)]
        return (Int32(truncatingIfNeeded: key >> 32), Int32(truncatingIfNeeded: key))
    }

    /// The pieces of a pair as a number.
    @inline(__always)
    func key(_ pair: Int32) -> UInt64 { keys[Int(pair)] }

    /// How often a pair comes.
    @inline(__always)
    func count(_ pair: Int32) -> Int64 { counts[Int(pair)] }

    /// The number of a pair, nil if it has none.
    @inline(__always)
    func find(_ a: Int32, _ b: Int32) -> Int32? {
        let key = PairTable.key(a, b)
        var slot = PairTable.spread(key) & (slots.count - 1)
        while slots[slot] >= 0 {
            if keys[Int(slots[slot])] == key { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of a pair, which gets one if it has none.
    mutating func add(_ a: Int32, _ b: Int32) -> Int32 {
        if let pair = find(a, b) { return pair }
        if (keys.count + 1) * 2 > slots.count { grow() }
        let pair = Int32(keys.count)
        keys.append(PairTable.key(a, b))
        counts.append(0)
        places.append(UnsafeMutableBufferPointer(start: nil, count: 0))
        place(pair)
        return pair
    }

    /// Changes how often a pair comes.
    @inline(__always)
    mutating func change(_ pair: Int32, by amount: Int64) { counts[Int(pair)] &+= amount }

    /// Says how often a pair comes.
    mutating func set(_ pair: Int32, count: Int64) { counts[Int(pair)] = count }

    /// Room for the words of a pair, in place of those it had.
    mutating func makeList(_ pair: Int32, count: Int) -> UnsafeMutablePointer<UInt32> {
        dropList(pair)
        let list = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(1, count))
        places[Int(pair)] = UnsafeMutableBufferPointer(start: list.baseAddress, count: count)
        return list.baseAddress!
    }

    /// Takes the words of a pair out; the caller gives their memory back.
    mutating func takeList(_ pair: Int32) -> UnsafeMutableBufferPointer<UInt32> {
        defer { places[Int(pair)] = UnsafeMutableBufferPointer(start: nil, count: 0) }
        return places[Int(pair)]
    }

    /// Forgets the words of a pair.
    mutating func dropList(_ pair: Int32) { takeList(pair).deallocate() }

    private static func spread(_ key: UInt64) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 8)
    }

    private mutating func place(_ pair: Int32) {
        var slot = PairTable.spread(keys[Int(pair)]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = pair
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for pair in 0..<Int32(keys.count) { place(pair) }
    }
}
