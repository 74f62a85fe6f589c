/// What the quality rules count in a text, in one pass over its words and one over its lines.
///
/// A word is what stands between white space, less the punctuation around it; in scripts without spaces every
/// character is one.
struct QualityMeasures {
    private(set) var words = 0
    private(set) var alphaWords = 0
    private(set) var wordCharacters = 0
    private(set) var unspacedCharacters = 0
    private(set) var hashes = 0
    private(set) var ellipses = 0
    private(set) var lines = 0
    private(set) var bulletLines = 0
    private(set) var ellipsisLines = 0
    private(set) var terminalLines = 0
    private(set) var shortLines = 0
    private(set) var repeatedLines = 0
    private(set) var repeatedBytes = 0
    private(set) var sentences = 0
    private(set) var hasCurlyBrace = false
    private(set) var hasLoremIpsum = false
    private var lineBytes = 0
    private var foundStopWords: UInt8 = 0

    private static let loremIpsum = Array("lorem ipsum".utf8)
    /// The eight words that all English text is full of.
    private static let stopWordHashes: [UInt64] = ["the", "be", "to", "of", "and", "that", "have", "with"].map {
        WordScanner.hashes(of: Array($0.utf8))[0]
    }

    /// - Parameter shortLine: characters below which a line is short.
    init(_ text: [UInt8], shortLine: Int) {
        text.withUnsafeBufferPointer { text in
            measureBytes(text)
            measureWords(text)
            measureLines(text, shortLine)
        }
    }

    /// How many of the stop words occur.
    var stopWords: Int { foundStopWords.nonzeroBitCount }

    /// Whether a mean word length says nothing here.
    var isMostlyUnspaced: Bool { 2 * unspacedCharacters > wordCharacters }

    var meanWordLength: Double { words == 0 ? 0 : Double(wordCharacters) / Double(words) }

    /// The larger of hash signs and ellipses, for each word.
    var symbolRatio: Double { words == 0 ? 0 : Double(max(hashes, ellipses)) / Double(words) }

    var alphaWordShare: Double { words == 0 ? 0 : Double(alphaWords) / Double(words) }

    /// A number of lines as a share of all.
    func share(_ number: Int) -> Double { lines == 0 ? 0 : Double(number) / Double(lines) }

    /// The share of the text that stands in lines seen before in it.
    var repeatedShare: Double { lineBytes == 0 ? 0 : Double(repeatedBytes) / Double(lineBytes) }

    private mutating func measureBytes(_ text: UnsafeBufferPointer<UInt8>) {
        var (hashes, ellipses, braces) = (0, 0, 0)
        for at in 0..<text.count {
            let byte = text[at]
            if byte == 0x23 { hashes += 1 }
            if byte == 0x7B || byte == 0x7D { braces += 1 }
            if byte == 0xA6, at >= 2, text[at - 1] == 0x80, text[at - 2] == 0xE2 { ellipses += 1 }
            if byte == 0x2E, at >= 2, text[at - 1] == 0x2E, text[at - 2] == 0x2E, at < 3 || text[at - 3] != 0x2E {
                ellipses += 1
            }
        }
        (self.hashes, self.ellipses, hasCurlyBrace) = (hashes, ellipses, braces > 0)
    }

    private mutating func measureWords(_ text: UnsafeBufferPointer<UInt8>) {
        var at = 0
        while at < text.count {
            while at < text.count, text[at] == 0x20 || text[at] == 0x0A || text[at] == 0x09 { at += 1 }
            let start = at
            while at < text.count, text[at] != 0x20, text[at] != 0x0A, text[at] != 0x09 { at += 1 }
            if start < at { measure(token: UnsafeBufferPointer(rebasing: text[start..<at])) }
        }
        Self.stopWordHashes.withUnsafeBufferPointer { stops in
            WordScanner.forEach(text) { hash, _ in
                for index in 0..<stops.count where stops[index] == hash { foundStopWords |= 1 << UInt8(index) }
            }
        }
    }

    /// Counts a token between spaces: one word, or as many as it has characters of a script without spaces.
    private mutating func measure(token: UnsafeBufferPointer<UInt8>) {
        var (at, characters, alone, hasLetter) = (0, 0, 0, false)
        var (firstLetter, lastLetter) = (-1, -1)
        while at < token.count {
            let byte = token[at]
            var size = 1
            var kind = WordScanner.Wide.space
            if byte >= 0xC2, byte <= 0xF4 {
                size = min(token.count - at, byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)
                kind = WordScanner.classify(token, at, size)
                if kind != .space { hasLetter = true }
            } else if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A {
                (kind, hasLetter) = (.letter, true)
            } else if byte >= 0x30, byte <= 0x39 {
                kind = .letter
            }
            if kind == .alone { alone += 1 }
            if kind != .space {
                if firstLetter < 0 { firstLetter = characters }
                lastLetter = characters
            }
            characters += 1
            at += size
        }
        guard firstLetter >= 0 else { return }
        let length = lastLetter - firstLetter + 1
        wordCharacters += length
        unspacedCharacters += alone
        words += max(1, alone)
        if hasLetter { alphaWords += max(1, alone) }
    }

    private mutating func measureLines(_ text: UnsafeBufferPointer<UInt8>, _ shortLine: Int) {
        var seen: Set<UInt64> = []
        TextLines.forEach(text) { line in
            lines += 1
            lineBytes += line.count
            if TextLines.beginsWithBullet(text, line) { bulletLines += 1 }
            if TextLines.endsWithEllipsis(text, line) { ellipsisLines += 1 }
            if TextLines.isTerminal(TextLines.lastMark(text, line)) { terminalLines += 1 }
            if LineRules.contains(Self.loremIpsum, text, line) { hasLoremIpsum = true }
            let characters = text[line].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            if characters < shortLine { shortLines += 1 }
            sentences += Self.sentences(text, line)
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in text[line] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            if !seen.insert(WordScanner.finish(hash)).inserted {
                repeatedLines += 1
                repeatedBytes += line.count
            }
        }
    }

    /// Sentence ends in a line: a terminal mark before a space or the line's end; a line without one is a sentence too.
    private static func sentences(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Int {
        var sentences = 0
        var at = line.lowerBound
        while at < line.upperBound {
            if text[at] == 0x2E || text[at] == 0x21 || text[at] == 0x3F {
                let next = at + 1
                let isAtEnd = next == line.upperBound || text[next] == 0x20 || text[next] == 0x22
                if isAtEnd { sentences += 1 }
                at = next
            } else if text[at] >= 0xD6, at + 1 < line.upperBound, text[at + 1] & 0xC0 == 0x80 {
                let size = min(line.upperBound - at, text[at] < 0xE0 ? 2 : text[at] < 0xF0 ? 3 : 4)
                let character = at..<at + size
                if size < 4, TextLines.isTerminal(TextLines.lastMark(text, character)) { sentences += 1 }
                at += size
            } else {
                at += 1
            }
        }
        return max(1, sentences)
    }
}
