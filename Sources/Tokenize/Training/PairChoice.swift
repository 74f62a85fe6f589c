/// Which pair of pieces is merged next.
///
/// By frequency: the pair that comes most often. By likelihood: the pair with the greatest
/// count(ab) / (count(a) · count(b)) among those that come at least `floor` times. The floor begins at the greatest
/// count of any pair and is halved each time no pair reaches it, down to the minimum: without one, the first thousands
/// of merges would join letters that come together only by being rare.
struct PairChoice {
    private let byLikelihood: Bool
    private let minimum: Int64
    private var floor: Int64
    private var queue = PairQueue()
    /// By pair: the priority with which it is in the queue, 0 if it is not.
    private var queued: [UInt64] = []
    /// By piece: the pairs it is in.
    ///
    /// Only needed by likelihood, where a piece that gets rarer lifts all its pairs.
    private var partners: [[Int32]] = []

    init(_ merger: borrowing PairMerger, byLikelihood: Bool, minimum: Int64) {
        self.byLikelihood = byLikelihood
        self.minimum = max(1, minimum)
        floor = self.minimum
        let pairs = Int32(merger.pairs.count)
        if byLikelihood {
            partners = [[Int32]](repeating: [], count: merger.pieceCounts.count)
            for pair in 0..<pairs where merger.pairs.count(pair) >= self.minimum {
                note(pair, merger)
                floor = max(floor, merger.pairs.count(pair))
            }
        }
        for pair in 0..<pairs { push(pair, merger) }
    }

    /// The next pair to merge; nil when no pair comes often enough.
    mutating func next(_ merger: borrowing PairMerger) -> Int32? {
        while true {
            while let item = queue.pop() {
                let pair = item.pair
                // A later entry of the same pair says more.
                guard item.priority == queued[Int(pair)] else { continue }
                queued[Int(pair)] = 0
                if priority(pair, merger) == item.priority { return pair }
                push(pair, merger)
            }
            guard floor > minimum else { return nil }
            floor = max(minimum, floor / 2)
            for pair in 0..<Int32(merger.pairs.count) { push(pair, merger) }
        }
    }

    /// Takes into account what the last merge changed.
    mutating func update(_ merger: borrowing PairMerger, merged pair: Int32) {
        for pair in merger.grown {
            if byLikelihood { note(pair, merger) }
            push(pair, merger)
        }
        guard byLikelihood else { return }
        let (a, b) = merger.pairs.pieces(pair)
        lift(a, merger)
        if a != b { lift(b, merger) }
    }

    private mutating func lift(_ piece: Int32, _ merger: borrowing PairMerger) {
        var kept: [Int32] = []
        swap(&kept, &partners[Int(piece)])
        kept.removeAll { merger.pairs.count($0) < minimum }
        for pair in kept { push(pair, merger) }
        partners[Int(piece)] = kept
    }

    private mutating func note(_ pair: Int32, _ merger: borrowing PairMerger) {
        let (a, b) = merger.pairs.pieces(pair)
        partners[Int(a)].append(pair)
        if a != b { partners[Int(b)].append(pair) }
    }

    private mutating func push(_ pair: Int32, _ merger: borrowing PairMerger) {
        while queued.count <= Int(pair) { queued.append(0) }
        guard merger.pairs.count(pair) >= floor else { return }
        let priority = priority(pair, merger)
        guard priority > queued[Int(pair)] else { return }
        queued[Int(pair)] = priority
        queue.push(PairQueue.Item(priority: priority, key: merger.pairs.key(pair), pair: pair))
    }

    /// Positive numbers whose order is that of their bits.
    private func priority(_ pair: Int32, _ merger: borrowing PairMerger) -> UInt64 {
        let count = merger.pairs.count(pair)
        guard count >= floor else { return 0 }
        guard byLikelihood else { return UInt64(count) }
        let (a, b) = merger.pairs.pieces(pair)
        let chance = Double(merger.pieceCounts[Int(a)]) * Double(merger.pieceCounts[Int(b)])
        return (Double(count) / chance).bitPattern
    }
}
