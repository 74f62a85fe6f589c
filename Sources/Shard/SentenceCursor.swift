/// A place in a document that moves from sentence to sentence, or into the midst of one.
struct SentenceCursor {
    private let spool: SpooledDocuments
    private let document: SpooledDocuments.Document
    private var sentence: Int
    /// The first byte not yet used.
    private(set) var start: Int

    /// - Parameter first: the sentence to begin with.
    init(_ spool: SpooledDocuments, _ document: SpooledDocuments.Document, from first: Int = 0) {
        self.spool = spool
        self.document = document
        sentence = first
        start = spool.bytesOf(document, from: first, to: first).lowerBound
    }

    var isAtEnd: Bool { sentence >= document.sentences }

    /// How many sentences reach `target` tokens, or are left; what is left of the current one counts as one.
    func gather(target: Int) -> Int {
        var count = 0
        let end = start + target * spool.width
        while sentence + count < document.sentences {
            count += 1
            if spool.bytesOf(document, from: sentence, to: sentence + count).upperBound >= end { break }
        }
        return count
    }

    /// The bytes of the next sentences.
    func bytes(of sentences: Range<Int>) -> Range<Int> {
        let range = spool.bytesOf(
            document, from: sentence + sentences.lowerBound, to: sentence + sentences.upperBound)
        return sentences.lowerBound == 0 ? start..<range.upperBound : range
    }

    /// Goes on to a byte between the current one and the end of the document.
    mutating func advance(to byte: Int) {
        start = byte
        while sentence < document.sentences,
            spool.bytesOf(document, from: sentence, to: sentence + 1).upperBound <= byte
        { sentence += 1 }
    }
}
