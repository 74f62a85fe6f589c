/// Reads characters, words and spaces around a place in a paragraph.
struct SentenceScanner {
    private(set) var text: [UInt8] = []
    /// Where the paragraph begins and ends.
    private(set) var begin = 0
    private(set) var end = 0
    let rules: SentenceRules

    init(rules: SentenceRules) { self.rules = rules }

    /// Takes another paragraph, or nothing.
    ///
    /// A scanner is kept for many, since the rules cost a dozen references to copy.
    mutating func take(_ text: [UInt8], _ range: Range<Int>) {
        self.text = text
        (begin, end) = (range.lowerBound, range.upperBound)
    }

    /// The scalar value at `position` and where the next one begins; 0 at the end.
    @inline(__always)
    func scalar(_ position: Int) -> (value: UInt32, next: Int) {
        guard position < end else { return (0, position) }
        let byte = text[position]
        return byte < 0x80 ? (UInt32(byte), position + 1) : UTF8Decoding.next(text.span, at: position, end: end)
    }

    /// The scalar value that ends before `position`, and where it begins; 0 at `limit`.
    @inline(__always)
    func scalar(before position: Int, limit: Int) -> (value: UInt32, start: Int) {
        guard position > limit else { return (0, position) }
        var start = position - 1
        if text[start] < 0x80 { return (UInt32(text[start]), start) }
        while start > limit, start > position - 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        let (value, next) = UTF8Decoding.next(text.span, at: start, end: position)
        // Damaged: a lone byte, so that what is read forward and backward is the same.
        return next == position ? (value, start) : (UTF8Decoding.replacement, position - 1)
    }

    /// The byte at `position`, 0 outside the paragraph.
    @inline(__always)
    func byte(_ position: Int) -> UInt8 { position >= begin && position < end ? text[position] : 0 }

    func isSpace(_ position: Int) -> Bool {
        position < end && SentenceCharacters.isSpace(scalar(position).value)
    }

    func skipSpace(_ start: Int) -> Int {
        var position = start
        while position < end {
            let (value, next) = scalar(position)
            guard SentenceCharacters.isSpace(value) else { break }
            position = next
        }
        return position
    }

    /// Where what begins at `start` ends before `position`, without white space.
    func trimmedEnd(_ start: Int, _ position: Int) -> Int {
        var position = position
        while position > start {
            let (value, before) = scalar(before: position, limit: start)
            guard SentenceCharacters.isSpace(value) else { break }
            position = before
        }
        return position
    }

    /// The word before `position`: back to white space, an opening bracket or quote or a slash; 40 bytes at most.
    func wordStart(before position: Int, limit: Int) -> Int {
        let limit = max(limit, position - 40)
        var start = position
        while start > limit {
            let (value, before) = scalar(before: start, limit: limit)
            if SentenceCharacters.isSpace(value) || SentenceCharacters.isOpener(value) || value == 0x2F {
                if value == 0x27 || value == 0x2019, isWordByte(byte(before - 1)), isWordByte(byte(start)) {
                    start = before
                    continue
                }
                break
            }
            start = before
        }
        return start
    }

    func isWordByte(_ byte: UInt8) -> Bool { byte >= 0x80 || SentenceCharacters.isLetter(byte) }

    /// Where the word at `start` ends: letters, digits, apostrophes; 40 bytes at most.
    func wordEnd(_ start: Int) -> Int {
        var position = start
        while position < end, position < start + 40 {
            let byte = text[position]
            if byte < 0x80 {
                guard SentenceCharacters.isLetter(byte) || SentenceCharacters.isDigit(byte) || byte == 0x27 else {
                    break
                }
                position += 1
                continue
            }
            let (value, next) = scalar(position)
            if SentenceCharacters.isSpace(value) || (0x2010...0x206F).contains(value) { break }
            if SentenceCharacters.isCloser(value) || SentenceCharacters.mark(value) != nil { break }
            position = next
        }
        return position
    }

    /// Where the white space before `position` ends a token, going back over at most 200 bytes.
    func tokenStart(before position: Int, limit: Int) -> Int {
        let limit = max(limit, position - 200)
        var start = position
        while start > limit, text[start - 1] > 0x20 { start -= 1 }
        return start
    }
}
