/// The rolling hash of the last words of a text: every word costs the same, whatever the passage's length.
struct PassageHash {
    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    private let length: Int
    private let leaving: UInt64
    private var words: [UInt64]
    private var next = 0
    private var hash: UInt64 = 0
    /// Words taken so far.
    private(set) var count = 0

    /// - Parameter length: words of a passage.
    init(length: Int) {
        self.length = length
        words = [UInt64](repeating: 0, count: length)
        leaving = (0..<length).reduce(1) { power, _ in power &* Self.base }
    }

    /// Forgets all words.
    mutating func reset() {
        for index in words.indices { words[index] = 0 }
        (next, hash, count) = (0, 0, 0)
    }

    /// Takes the next word.
    @inline(__always)
    mutating func add(_ word: UInt64) {
        hash = hash &* Self.base &+ word &- words[next] &* leaving
        words[next] = word
        next = next + 1 == length ? 0 : next + 1
        count += 1
    }

    /// Whether `value` covers a whole passage.
    @inline(__always)
    var isFull: Bool { count >= length }

    /// The hash of the last `length` words, or of all there are while they are fewer.
    @inline(__always)
    var value: UInt64 { WordScanner.finish(hash) }
}
