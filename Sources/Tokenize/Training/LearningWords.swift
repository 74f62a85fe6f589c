internal import Streaming

/// Words as pieces, one after the other in memory; a word gets shorter in place.
///
/// Not for two threads at once.
final class LearningWords {
    /// The pieces of all words; `end` fills what a word no longer needs.
    let symbols: UnsafeMutablePointer<Int32>
    /// Where each word begins, and where the last one ends.
    let starts: UnsafeMutablePointer<UInt32>
    /// How often each word came.
    let counts: UnsafeMutablePointer<Int64>
    /// Places of pieces.
    let symbolCount: Int
    /// Words.
    let count: Int

    /// No piece: the word has ended.
    static let end: Int32 = -1

    private let symbolMemory: PageMemory
    private let startMemory: PageMemory
    private let countMemory: PageMemory

    /// - Parameters:
    ///   - words: how many words at most.
    ///   - symbols: how many pieces at most.
    ///   - fill: writes the pieces of a word at the pointer and gives their number; 0 or 1 leaves the word out.
    init(
        _ words: CountedWords, fill: (Range<Int>, UnsafeMutablePointer<Int32>) throws(Failure) -> Int
    ) throws(Failure) {
        guard words.bytes.count < UInt32.max, words.count < UInt32.max else {
            throw Failure(.usage, "there are more words than can be learnt from", remedy: "give a smaller --memory")
        }
        // Every piece takes a byte at least.
        symbolMemory = try PageMemory(count: words.bytes.count * 4)
        startMemory = try PageMemory(count: (words.count + 1) * 4)
        countMemory = try PageMemory(count: words.count * 8)
        symbols = symbolMemory.base.assumingMemoryBound(to: Int32.self)
        starts = startMemory.base.assumingMemoryBound(to: UInt32.self)
        counts = countMemory.base.assumingMemoryBound(to: Int64.self)
        var (kept, position) = (0, 0)
        for index in 0..<words.count {
            let length = try fill(words.range(index), symbols + position)
            guard length > 0 else { continue }
            starts[kept] = UInt32(position)
            counts[kept] = Int64(clamping: words.counts[index])
            kept += 1
            position += length
        }
        starts[kept] = UInt32(position)
        (count, symbolCount) = (kept, position)
    }

    /// Calls `body` with the number, count and pieces of each word.
    func forEach(_ body: (UInt32, Int64, UnsafeBufferPointer<Int32>) -> Void) {
        for word in 0..<count {
            let (first, end) = (Int(starts[word]), Int(starts[word + 1]))
            var last = end
            while last > first, symbols[last - 1] == LearningWords.end { last -= 1 }
            body(UInt32(word), counts[word], UnsafeBufferPointer(start: symbols + first, count: last - first))
        }
    }
}
