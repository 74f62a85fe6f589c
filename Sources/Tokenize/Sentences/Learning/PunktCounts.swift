/// What one stretch of text says about its words and stops.
///
/// A word is what stands between blanks without the brackets, quotes and commas around it, in lower case.
public struct PunktCounts: Sendable {
    /// Words: with a stop after them, without one.
    var words: CountTable
    /// Words within lines: written with a small letter, and with a capital.
    var cases: CountTable
    /// Words after a word with a stop, and after another end mark.
    var followers: CountTable
    /// `word.next`: a short word with a stop and the word after it.
    var pairs: CountTable
    /// All words, and those with a stop.
    var total = 0
    var stopped = 0

    /// Words longer than this are no abbreviations.
    static let longest = 12

    init(cap: Int) {
        words = CountTable(cap: cap)
        cases = CountTable(cap: cap)
        followers = CountTable(cap: cap)
        pairs = CountTable(cap: cap)
    }

    /// Counts the words of some whole lines.
    public init(_ text: [UInt8]) {
        self.init(cap: Int.max)
        var scan = WordScan(text: text)
        var previous = WordScan.Word()
        var pair: [UInt8] = []
        while let word = scan.next() {
            defer { previous = word }
            total += 1
            if word.stops { stopped += 1 }
            guard word.isWord else { continue }
            words.add(word.folded, 0..<word.folded.count, word.stops ? 1 : 0, word.stops ? 0 : 1)
            guard !word.beginsLine else { continue }
            cases.add(word.folded, 0..<word.folded.count, word.isSmall ? 1 : 0, word.isSmall ? 0 : 1)
            guard previous.stops || previous.ends else { continue }
            followers.add(word.folded, 0..<word.folded.count, previous.stops ? 1 : 0, previous.stops ? 0 : 1)
            if previous.stops, previous.isWord, previous.folded.count <= Self.longest {
                pair = previous.folded
                pair.append(UInt8(ascii: "."))
                pair += word.folded
                pairs.add(pair, 0..<pair.count, 1, 0)
            }
        }
    }

    mutating func add(_ other: PunktCounts) {
        words.add(other.words)
        cases.add(other.cases)
        followers.add(other.followers)
        pairs.add(other.pairs)
        total += other.total
        stopped += other.stopped
    }
}

/// The words of a text, one after the other.
struct WordScan {
    struct Word {
        /// In lower case, without its last stop.
        var folded: [UInt8] = []
        /// Letters, stops, hyphens and apostrophes alone, with a letter among them.
        var isWord = false
        /// Whether one stop follows.
        var stops = false
        /// Whether another end mark follows.
        var ends = false
        /// Whether it begins with a small letter, or one without case.
        var isSmall = false
        /// Whether it is the first of its line.
        var beginsLine = false
    }

    private let text: [UInt8]
    private var position = 0

    init(text: [UInt8]) { self.text = text }

    mutating func next() -> Word? {
        var word = Word()
        word.beginsLine = position == 0
        while position < text.count, text[position] <= 32 {
            if text[position] == 10 { word.beginsLine = true }
            position += 1
        }
        guard position < text.count else { return nil }
        let start = position
        while position < text.count, text[position] > 32 { position += 1 }
        fill(&word, start..<position)
        return word
    }

    private func fill(_ word: inout Word, _ token: Range<Int>) {
        var (start, end) = (token.lowerBound, token.upperBound)
        while start < end, !isWordByte(text[start]) { start += 1 }
        // Closing quotes and brackets of three bytes among them, from the right.
        while end > start, isCloser(text[end - 1]) { end -= 1 }
        while end > start + 2, text[end - 3] == 0xE2, text[end - 2] == 0x80 { end -= 3 }
        guard start < end else {
            word.ends = text[token].contains { $0 == 0x21 || $0 == 0x3F }
            return
        }
        let last = text[end - 1]
        word.ends = last == 0x21 || last == 0x3F
        if last == 0x2E {
            end -= 1
            word.stops = end > start && text[end - 1] != 0x2E
            word.ends = !word.stops
        }
        while end > start, !isWordByte(text[end - 1]) { end -= 1 }
        word.folded = FoldedBytes.lowercased(Array(text[start..<end]))
        word.isSmall =
            start < end && word.folded.first == text[start]
            && (text[start] < 0x80 || word.folded.dropFirst().first == text[start + 1])
        word.isWord =
            word.folded.contains { $0 >= 0x80 || SentenceCharacters.isLetter($0) }
            && word.folded.allSatisfy {
                $0 >= 0x80 || SentenceCharacters.isLetter($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x27
            }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || SentenceCharacters.isLetter(byte) || SentenceCharacters.isDigit(byte)
    }

    private func isCloser(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x27, 0x29, 0x5D, 0x7D, 0x2C, 0x3B, 0x3A: true
        default: false
        }
    }
}
