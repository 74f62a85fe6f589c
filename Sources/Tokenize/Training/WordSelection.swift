/// Which words are learnt from when there is no room for all: the more frequent ones.
///
/// Words are taken in the order of falling counts, those of one count in the order of sixteen bits of their hash (so
/// that no letter of the alphabet is preferred), as long as what they take fits; a class of equal rank is taken
/// whole or not at all. The choice depends on the words, their counts and the memory alone.
struct WordSelection {
    /// What the words of each count take; the last place is for all greater counts.
    private var costs = [Int](repeating: 0, count: 1 << 16)
    /// What the words of the count that does not fit whole take, by their bits.
    private var marginalCosts: [Int] = []
    private var marginal: Int?
    private var rest = 0
    private var bitsTaken = 0

    /// Takes a word into account.
    mutating func add(length: Int, count: UInt64) { costs[WordSelection.rank(count)] += CountedWords.cost(length) }

    /// Adds what another saw.
    mutating func add(_ other: WordSelection) {
        for index in costs.indices { costs[index] += other.costs[index] }
    }

    /// Chooses the counts that fit into `budget` bytes.
    /// - Returns: whether another look at the words is needed, with `addMarginal`.
    mutating func choose(budget: Int) -> Bool {
        rest = budget
        for rank in costs.indices.reversed() {
            if costs[rank] > rest {
                marginal = rank
                marginalCosts = [Int](repeating: 0, count: 1 << 16)
                return true
            }
            rest -= costs[rank]
        }
        return false
    }

    /// Takes a word into account the second time.
    mutating func addMarginal(length: Int, hash: UInt64, count: UInt64) {
        if WordSelection.rank(count) == marginal { marginalCosts[Int(hash & 0xFFFF)] += CountedWords.cost(length) }
    }

    /// Chooses among the words of the count that does not fit whole.
    mutating func chooseMarginal() {
        while bitsTaken < marginalCosts.count, marginalCosts[bitsTaken] <= rest {
            rest -= marginalCosts[bitsTaken]
            bitsTaken += 1
        }
    }

    /// Whether a word is learnt from.
    func takes(hash: UInt64, count: UInt64) -> Bool {
        guard let marginal else { return true }
        let rank = WordSelection.rank(count)
        return rank != marginal ? rank > marginal : Int(hash & 0xFFFF) < bitsTaken
    }

    private static func rank(_ count: UInt64) -> Int { Int(min(count, 0xFFFF)) }
}
