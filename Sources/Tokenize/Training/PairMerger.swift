/// Byte-pair style merging over counted words: a pair of neighbouring pieces becomes one, again and again.
///
/// Counts are kept up to date where a merge changes them (Sennrich et al. 2016). Only pairs that come often enough to
/// be merged are kept: a merge that makes a new piece brings all pairs with it, so none of the others can grow; when a
/// merge makes a piece that was there already, its pairs are counted anew.
struct PairMerger: ~Copyable {
    /// The pairs that come often enough, and some that once did.
    private(set) var pairs = PairTable()
    /// Pairs that grew or came with the last merge.
    private(set) var grown: [Int32] = []
    /// How often each piece stands in the words.
    private(set) var pieceCounts: [Int64]

    private let words: LearningWords
    private let minimum: Int64
    private var left: NeighbourTally
    private var right: NeighbourTally
    /// Where the next word of a neighbour's new pair is to be written.
    private var listEnds: [UnsafeMutablePointer<UInt32>?]

    /// - Parameters:
    ///   - capacity: pieces have ids below it.
    ///   - minimum: pairs that come less often are never merged.
    init(_ words: LearningWords, capacity: Int, minimum: Int64) {
        self.words = words
        self.minimum = max(1, minimum)
        pieceCounts = [Int64](repeating: 0, count: capacity)
        (left, right) = (NeighbourTally(capacity: capacity), NeighbourTally(capacity: capacity))
        listEnds = [UnsafeMutablePointer<UInt32>?](repeating: nil, count: capacity)
        countAll()
    }

    private mutating func countAll() {
        // Taken apart, so that each can be changed while the words are walked through.
        var occurrences: [UInt32] = []
        var pairs = PairTable()
        var pieceCounts = self.pieceCounts
        words.forEach { _, count, symbols in
            for (index, symbol) in symbols.enumerated() {
                pieceCounts[Int(symbol)] &+= count
                guard index > 0 else { continue }
                let pair = pairs.add(symbols[index - 1], symbol)
                if Int(pair) == occurrences.count { occurrences.append(0) }
                occurrences[Int(pair)] += 1
                pairs.change(pair, by: count)
            }
        }
        var ends = [UnsafeMutablePointer<UInt32>?](repeating: nil, count: occurrences.count)
        for pair in ends.indices where pairs.count(Int32(pair)) >= minimum {
            ends[pair] = pairs.makeList(Int32(pair), count: Int(occurrences[pair]))
        }
        words.forEach { word, _, symbols in
            for index in symbols.indices.dropFirst() {
                guard let pair = pairs.find(symbols[index - 1], symbols[index]), let end = ends[Int(pair)] else {
                    continue
                }
                end.pointee = word
                ends[Int(pair)] = end + 1
            }
        }
        self.pieceCounts = pieceCounts
        self.pairs = pairs
    }

    /// Makes a pair one piece in all words.
    /// - Parameters:
    ///   - piece: what they make.
    ///   - isNew: whether the piece stood nowhere before.
    mutating func merge(_ pair: Int32, into piece: Int32, isNew: Bool) {
        let (a, b) = pairs.pieces(pair)
        let list = pairs.takeList(pair)
        grown.removeAll(keepingCapacity: true)
        var merged: Int64 = 0
        for word in list { merged += merge(a, b, into: piece, word: word) }
        list.deallocate()
        pieceCounts[Int(a)] -= merged
        pieceCounts[Int(b)] -= merged
        pieceCounts[Int(piece)] += merged
        for y in right.pieces { lose(b, y, right.amount(y)) }
        for x in left.pieces where x != piece || !isNew { lose(x, a, left.amount(x)) }
        pairs.set(pair, count: 0)
        if isNew {
            addPairs(of: piece, first: a)
        } else {
            recount(piece)
        }
        left.removeAll()
        right.removeAll()
    }

    /// Merges in one word; returns how often the pair was there times how often the word came.
    private mutating func merge(_ a: Int32, _ b: Int32, into piece: Int32, word: UInt32) -> Int64 {
        let symbols = words.symbols
        let (start, end) = (Int(words.starts[Int(word)]), Int(words.starts[Int(word) + 1]))
        let count = words.counts[Int(word)]
        // Pieces left of `write` are final; those from `read` on are as they were.
        var (read, write) = (start, start)
        var merged: Int64 = 0
        while read < end {
            let symbol = symbols[read]
            if symbol == LearningWords.end { break }
            guard symbol == a, read + 1 < end, symbols[read + 1] == b else {
                symbols[write] = symbol
                (read, write) = (read + 1, write + 1)
                continue
            }
            if write > start { left.add(symbols[write - 1], count, word) }
            if read + 2 < end, symbols[read + 2] != LearningWords.end { right.add(symbols[read + 2], count, word) }
            symbols[write] = piece
            (read, write) = (read + 2, write + 1)
            merged += count
        }
        while write < read {
            symbols[write] = LearningWords.end
            write += 1
        }
        return merged
    }

    private mutating func lose(_ a: Int32, _ b: Int32, _ amount: Int64) {
        guard let pair = pairs.find(a, b) else { return }
        pairs.change(pair, by: -amount)
        if pairs.count(pair) < minimum { pairs.dropList(pair) }
    }

    /// Adds the pairs of a new piece with what stood beside it.
    ///
    /// Where it stands twice in a row, its right neighbour
    /// was `first` for a moment.
    private mutating func addPairs(of piece: Int32, first: Int32) {
        let twice = left.amount(piece)
        for y in right.pieces {
            let count = right.amount(y) - (y == first ? twice : 0)
            addPair(piece, y, count: count, words: right.eventCount(y), beside: y)
        }
        fillLists(right.events)
        for x in left.pieces { addPair(x, piece, count: left.amount(x), words: left.eventCount(x), beside: x) }
        fillLists(left.events)
    }

    private mutating func addPair(_ a: Int32, _ b: Int32, count: Int64, words: Int, beside neighbour: Int32) {
        guard count >= minimum else { return }
        let pair = pairs.add(a, b)
        pairs.set(pair, count: count)
        grown.append(pair)
        listEnds[Int(neighbour)] = pairs.makeList(pair, count: words)
    }

    private mutating func fillLists(_ events: [NeighbourTally.Event]) {
        for event in events {
            guard let end = listEnds[Int(event.piece)] else { continue }
            end.pointee = event.word
            listEnds[Int(event.piece)] = end + 1
        }
        for event in events { listEnds[Int(event.piece)] = nil }
    }

    /// Counts the pairs of a piece in all words.
    private mutating func recount(_ piece: Int32) {
        left.removeAll()
        right.removeAll()
        for word in 0..<words.count {
            let (start, end) = (Int(words.starts[word]), Int(words.starts[word + 1]))
            for index in start..<end where words.symbols[index] == piece {
                recount(around: index, start, end, UInt32(word))
            }
        }
        for y in right.pieces { addPair(piece, y, count: right.amount(y), words: right.eventCount(y), beside: y) }
        fillLists(right.events)
        for x in left.pieces { addPair(x, piece, count: left.amount(x), words: left.eventCount(x), beside: x) }
        fillLists(left.events)
    }

    private mutating func recount(around index: Int, _ start: Int, _ end: Int, _ word: UInt32) {
        let (symbols, count) = (words.symbols, words.counts[Int(word)])
        if index + 1 < end, symbols[index + 1] != LearningWords.end { right.add(symbols[index + 1], count, word) }
        // The piece twice in a row was seen from its left.
        if index > start, symbols[index - 1] != symbols[index] { left.add(symbols[index - 1], count, word) }
    }
}
