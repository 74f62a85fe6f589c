/// Words and how often each came, each once.
struct CountedWords: Sendable {
    /// The words' UTF-8, one after the other.
    private(set) var bytes: [UInt8] = []
    /// Where each word ends in `bytes`.
    private(set) var ends: [Int] = []
    /// How often each came.
    private(set) var counts: [UInt64] = []
    /// Different words that were counted, those left out among them.
    var distinct = 0
    /// Words that were left out because there was no room to learn from them.
    var leftOut = 0
    /// The least and the greatest count of any word, those left out among them.
    var extremes: ClosedRange<UInt64>?
    /// Bytes that went to files while counting.
    var spilledBytes = 0

    /// Words that are there.
    var count: Int { counts.count }

    /// Where a word lies in `bytes`.
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Adds a word.
    mutating func append(_ word: UnsafeBufferPointer<UInt8>, count: UInt64) {
        bytes.append(contentsOf: word)
        ends.append(bytes.count)
        counts.append(count)
    }

    /// Takes a count into the extremes.
    mutating func note(_ count: UInt64) {
        extremes = extremes.map { min($0.lowerBound, count)...max($0.upperBound, count) } ?? count...count
    }

    /// Adds all words of another.
    mutating func append(_ other: CountedWords) {
        let offset = bytes.count
        bytes += other.bytes
        ends += other.ends.map { $0 + offset }
        counts += other.counts
        if let extremes = other.extremes {
            note(extremes.lowerBound)
            note(extremes.upperBound)
        }
    }

    /// Memory for learning from a word of `length` bytes, with what the learners keep for it.
    static func cost(_ length: Int) -> Int { 48 + 24 * length }
}
