internal import Streaming

/// The learner of TensorFlow Text (`wordpiece_tokenizer_learner_lib`, 2022 and later), which goes from words down.
///
/// For a threshold: in the first round, what is left of a word from each of its characters on is counted; what comes
/// as often as the threshold is a piece, and so is every character. In the next rounds words are cut into these
/// pieces by longest match, and only what is left from each cut on is counted. Four rounds. The threshold is then
/// searched by halving, until the pieces are at most as many as wanted, and not 5 % fewer.
struct TopDownLearner {
    /// Rounds for each threshold.
    static let rounds = 4
    /// Longest word that is learnt from, in characters.
    static let longestWord = 50
    /// Least and greatest threshold tried, unless all words are rarer.
    static let greatestThreshold: Int64 = 10_000_000

    private let words: LearningWords
    private let tree: SubstringTree
    private let isKnown: [Bool]
    private let wholeCounts: [Int64]
    private let lower: Int64
    private let upper: Int64

    /// - Parameters:
    ///   - words: the characters of words, as scalar values.
    ///   - known: pieces that are there in any case.
    ///   - minimum: the least threshold.
    ///   - extremes: the least and the greatest count of any word.
    init(_ words: LearningWords, minimum: Int64, extremes: ClosedRange<UInt64>, known: PieceNodes) {
        self.words = words
        lower = max(minimum, Int64(clamping: extremes.lowerBound))
        upper = min(TopDownLearner.greatestThreshold, Int64(clamping: extremes.upperBound))
        // Halving may try one less than the least.
        tree = SubstringTree(words, minimum: max(1, min(lower, (lower + upper) / 2) - 1), known: known)
        isKnown = tree.knownNodes.map(known.isPiece)
        var counts = [Int64](repeating: 0, count: tree.count)
        for word in 0..<words.count {
            for place in Int(words.starts[word])..<Int(words.starts[word + 1]) where tree.isWhole[place] {
                counts[Int(tree.deepest[place])] += words.counts[word]
            }
        }
        wholeCounts = counts
    }

    /// By node, how often it is all that is left, once words are cut into the pieces for a threshold.
    private func counts(threshold: Int64) throws(Failure) -> [Int64] {
        var counts = wholeCounts
        for _ in 1..<TopDownLearner.rounds {
            try Cancellation.check()
            counts = recount(matches(counts, threshold))
        }
        return counts
    }

    /// By node: how many characters the longest piece has that it begins with.
    private func matches(_ counts: [Int64], _ threshold: Int64) -> [Int32] {
        var lengths = [Int32](repeating: 0, count: tree.count)
        for node in 2..<max(2, tree.count) {
            let isPiece = counts[node] >= threshold || tree.depths[node] == 1 || isKnown[node]
            lengths[node] = isPiece ? tree.depths[node] : lengths[Int(tree.parents[node])]
        }
        return lengths
    }

    private func recount(_ lengths: [Int32]) -> [Int64] {
        var counts = [Int64](repeating: 0, count: tree.count)
        for word in 0..<words.count {
            var place = Int(words.starts[word])
            let end = Int(words.starts[word + 1])
            while place < end {
                let node = Int(tree.deepest[place])
                if tree.isWhole[place] { counts[node] += words.counts[word] }
                place += Int(max(1, lengths[node]))
            }
        }
        return counts
    }

    /// Searches the threshold as the published learner does, and gives its pieces.
    /// - Parameters:
    ///   - room: the most pieces wanted, besides those known and the characters.
    ///   - slack: how many fewer are near enough.
    ///   - characters: all characters; those that come too rarely are pieces that came once.
    ///   - onTry: told how many pieces a threshold gives.
    /// - Returns: the pieces, most frequent first, then by their bytes. If the last threshold gives too many, those of
    ///   the least one that does not.
    func search(
        room: Int, slack: Int, characters: [UInt32], onTry: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [[UInt8]] {
        var (lower, upper) = (lower, upper)
        var best: (threshold: Int64, counts: [Int64])?
        while true {
            let threshold = (lower + upper) / 2
            let counts = try counts(threshold: threshold)
            let found = (2..<max(2, tree.count)).count { isNew($0, counts, threshold) }
            try onTry(found)
            if found <= room { best = (threshold, counts) }
            if (max(0, room - max(0, slack))...max(0, room)).contains(found) || lower >= upper || threshold <= 1 {
                break
            }
            if found > room { lower = threshold + 1 } else { upper = threshold - 1 }
        }
        guard let best else { return pieces(wholeCounts, threshold: .max, characters) }
        return pieces(best.counts, threshold: best.threshold, characters)
    }

    /// Whether a node is a piece that is neither known nor a character.
    private func isNew(_ node: Int, _ counts: [Int64], _ threshold: Int64) -> Bool {
        counts[node] >= threshold && tree.depths[node] > 1 && !isKnown[node]
    }

    private func pieces(_ counts: [Int64], threshold: Int64, _ characters: [UInt32]) -> [[UInt8]] {
        var found: [(piece: [UInt8], count: Int64)] = []
        var frequent: Set<[UInt8]> = []
        for node in 2..<max(2, tree.count) where counts[node] >= threshold {
            let piece = tree.piece(Int32(node))
            found.append((piece, counts[node]))
            if tree.depths[node] == 1 { frequent.insert(piece) }
        }
        for character in characters {
            let piece = PieceList.character(character, continuing: true)
            if !frequent.contains(piece) { found.append((piece, 1)) }
        }
        found.sort { $0.count != $1.count ? $0.count > $1.count : $0.piece.lexicographicallyPrecedes($1.piece) }
        return found.map(\.piece)
    }
}
