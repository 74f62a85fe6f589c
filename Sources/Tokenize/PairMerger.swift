/// Byte-pair style merging over counted words: the most frequent pair of neighbouring pieces becomes one, again and
/// again (Sennrich et al. 2016), with counts kept up to date where a merge changes them.
struct PairMerger {
    /// The words as piece ids, one after the other; a word gets shorter in place.
    private var symbols: [Int32] = []
    private var starts: [Int] = []
    private var lengths: [Int32] = []
    private let counts: [UInt64]

    /// Each pair that ever was has a number.
    private var numbers: [UInt64: Int32] = [:]
    private var keys: [UInt64] = []
    private var pairCounts: [UInt64] = []
    /// Words in which a pair is or was.
    private var words: [[Int32]] = []
    private var queue = PairQueue()

    /// - Parameters:
    ///   - words: piece ids of each word.
    ///   - counts: how often each word came.
    init(words: [[Int32]], counts: [UInt64]) {
        self.counts = counts
        for (word, ids) in words.enumerated() {
            starts.append(symbols.count)
            lengths.append(Int32(ids.count))
            symbols += ids
            for (a, b) in zip(ids, ids.dropFirst()) { add(a, b, in: word) }
        }
        for pair in keys.indices { queue.push(count: pairCounts[pair], key: keys[pair], pair: Int32(pair)) }
    }

    /// The most frequent pair, of equal ones that of the smaller ids; nil when none comes `minimum` times.
    mutating func next(minimum: UInt64) -> (a: Int32, b: Int32, pair: Int32)? {
        while let top = queue.pop() {
            let now = pairCounts[Int(top.pair)]
            if now != top.count {
                if now > 0 { queue.push(count: now, key: top.key, pair: top.pair) }
                continue
            }
            guard now >= max(1, minimum) else { return nil }
            return (Int32(truncatingIfNeeded: top.key >> 32), Int32(truncatingIfNeeded: top.key), top.pair)
        }
        return nil
    }

    /// Makes a pair one piece in all words.
    mutating func merge(_ a: Int32, _ b: Int32, pair: Int32, into piece: Int32) {
        let affected = words[Int(pair)]
        words[Int(pair)] = []
        let firstNew = keys.count
        var grown: Set<Int32> = []
        for word in affected { merge(a, b, into: piece, word: Int(word), grown: &grown) }
        pairCounts[Int(pair)] = 0
        for old in grown where old < firstNew {
            queue.push(count: pairCounts[Int(old)], key: keys[Int(old)], pair: old)
        }
        for new in firstNew..<keys.count {
            queue.push(count: pairCounts[new], key: keys[new], pair: Int32(new))
        }
    }

    private mutating func merge(_ a: Int32, _ b: Int32, into piece: Int32, word: Int, grown: inout Set<Int32>) {
        let start = starts[word]
        var length = Int(lengths[word])
        var (read, write) = (0, 0)
        // Pieces left of `write` are final; those from `read` on are as they were.
        while read < length {
            let symbol = symbols[start + read]
            guard symbol == a, read + 1 < length, symbols[start + read + 1] == b else {
                symbols[start + write] = symbol
                (read, write) = (read + 1, write + 1)
                continue
            }
            if write > 0 {
                let left = symbols[start + write - 1]
                subtract(left, a, in: word)
                grown.insert(add(left, piece, in: word))
            }
            if read + 2 < length {
                let right = symbols[start + read + 2]
                subtract(b, right, in: word)
                grown.insert(add(piece, right, in: word))
            }
            symbols[start + write] = piece
            (read, write) = (read + 2, write + 1)
        }
        length = write
        lengths[word] = Int32(length)
    }

    @discardableResult
    private mutating func add(_ a: Int32, _ b: Int32, in word: Int) -> Int32 {
        let key = UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
        let number = numbers[key] ?? Int32(keys.count)
        if number == keys.count {
            numbers[key] = number
            keys.append(key)
            pairCounts.append(0)
            words.append([])
        }
        pairCounts[Int(number)] += counts[word]
        if words[Int(number)].last != Int32(word) { words[Int(number)].append(Int32(word)) }
        return number
    }

    private mutating func subtract(_ a: Int32, _ b: Int32, in word: Int) {
        let key = UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
        guard let number = numbers[key] else { return }
        // A run of one letter can have its own pair taken from it once more than it was there.
        pairCounts[Int(number)] -= min(counts[word], pairCounts[Int(number)])
    }
}

/// A heap of pairs: the highest count first, of equal ones the smaller key.
struct PairQueue {
    struct Item {
        let count: UInt64
        let key: UInt64
        let pair: Int32

        func precedes(_ other: Item) -> Bool { count != other.count ? count > other.count : key < other.key }
    }

    private var items: [Item] = []

    mutating func push(count: UInt64, key: UInt64, pair: Int32) {
        items.append(Item(count: count, key: key, pair: pair))
        var child = items.count - 1
        while child > 0, items[child].precedes(items[(child - 1) / 2]) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Item? {
        guard let top = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return top }
        items[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
                if items[child].precedes(items[best]) { best = child }
            }
            if best == parent { return top }
            items.swapAt(parent, best)
            parent = best
        }
    }
}
