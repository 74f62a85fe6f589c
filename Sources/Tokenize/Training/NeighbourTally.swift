/// What stands on one side of the places where a pair was merged: how often each piece, and in which words.
struct NeighbourTally {
    /// A piece and a word in which it stands there.
    struct Event {
        var piece: Int32
        var word: UInt32
    }

    /// The pieces seen.
    private(set) var pieces: [Int32] = []
    /// Where each was seen, a word once or more often.
    private(set) var events: [Event] = []
    private var amounts: [Int64]
    private var eventCounts: [Int32]
    private var lastWords: [UInt32]

    /// - Parameter capacity: pieces have ids below it.
    init(capacity: Int) {
        amounts = [Int64](repeating: 0, count: capacity)
        eventCounts = [Int32](repeating: 0, count: capacity)
        lastWords = [UInt32](repeating: 0, count: capacity)
    }

    /// Sees `piece` in `word`, which came `count` times.
    @inline(__always)
    mutating func add(_ piece: Int32, _ count: Int64, _ word: UInt32) {
        let index = Int(piece)
        amounts[index] &+= count
        if eventCounts[index] == 0 {
            pieces.append(piece)
        } else if lastWords[index] == word {
            return
        }
        lastWords[index] = word
        eventCounts[index] += 1
        events.append(Event(piece: piece, word: word))
    }

    /// How often a piece was seen.
    func amount(_ piece: Int32) -> Int64 { amounts[Int(piece)] }

    /// In how many events.
    func eventCount(_ piece: Int32) -> Int { Int(eventCounts[Int(piece)]) }

    /// Forgets all.
    mutating func removeAll() {
        for piece in pieces { (amounts[Int(piece)], eventCounts[Int(piece)]) = (0, 0) }
        pieces.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }
}
