internal import Tokenize

/// Finds what is masked together in a sequence: words, or single pieces.
struct WordRanges: Sendable {
    private let isContinuation: [Bool]
    private let classificationID, separatorID: Int32
    private let joinsPieces: Bool

    /// - Parameter joinsPieces: whether the pieces of a word stay together.
    init(_ vocabulary: Vocabulary, joinsPieces: Bool) {
        isContinuation = (Int32(0)..<Int32(vocabulary.count)).map { vocabulary.isContinuation($0) }
        classificationID = vocabulary.classificationID
        separatorID = vocabulary.separatorID
        self.joinsPieces = joinsPieces
    }

    /// The ranges of positions, ascending.
    ///
    /// [CLS] and [SEP] are in none, so no word reaches from one segment into the next.
    func find(_ tokens: [Int32]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        words.reserveCapacity(tokens.count)
        for (position, id) in tokens.enumerated() where id != classificationID && id != separatorID {
            if joinsPieces, let last = words.last, last.upperBound == position, continues(id) {
                words[words.count - 1] = last.lowerBound..<position + 1
            } else {
                words.append(position..<position + 1)
            }
        }
        return words
    }

    private func continues(_ id: Int32) -> Bool {
        isContinuation.indices.contains(Int(id)) && isContinuation[Int(id)]
    }
}
