/// Quotations that a sentence quotes in its midst: what ends inside them does not always end the sentence.
extension SentenceScanner {
    /// Whether the mark at `position` stands in a quotation that the sentence goes through.
    ///
    /// That is a quotation in single marks which goes on with the sentence after a comma, `Still, ‘sage … clears the
    /// eyes. It grows on walls’ (Vol. 2)`, or a call in a few words after which the sentence goes on, `cried, "Stop!
    /// Thief!" and ran`. At most 400 bytes before the mark and 600 behind it are read.
    func isWoven(_ candidate: SentenceCandidate, _ following: FollowingWord, _ sentenceStart: Int) -> Bool {
        guard !candidate.quoted, let quotation = openQuotation(candidate.start, sentenceStart) else { return false }
        let first = text[quotation.first]
        if quotation.closing == 0x27 || quotation.closing == 0x2019 {
            return SentenceCharacters.isLower(first) && quotation.follows(0x2C, 0x3A)
                && closing(quotation.closing, after: following.start, before: following.start + 600) != nil
        }
        guard candidate.mark == .strong, candidate.start - quotation.first < 30,
            let close = closing(quotation.closing, after: following.start, before: following.start + 30)
        else { return false }
        let before = byte(close.start - 1)
        return (before == 0x21 || before == 0x3F) && byte(close.end) == 0x20
            && followingWord(close.end + 1).shape == .lower && !speaks(followingWord(close.end + 1))
    }

    /// A quotation that has not closed yet.
    private struct OpenQuotation {
        /// Where its first word begins.
        var first: Int
        /// The mark that closes it.
        var closing: UInt32
        /// The character before the blank before it.
        var before: UInt8

        func follows(_ one: UInt8, _ other: UInt8) -> Bool { before == one || before == other }
    }

    /// The quotation in which `position` is, if it opens inside the sentence behind a word and a blank.
    private func openQuotation(_ position: Int, _ sentenceStart: Int) -> OpenQuotation? {
        let limit = max(sentenceStart, position - 400)
        var index = position
        while let found = lastQuote(limit..<index) {
            index = found
            let (quote, first) = scalar(index)
            guard let closing = Self.closing(of: quote) else {
                // An apostrophe inside a word is no quote, and of a mark that closes the opening one is not looked for.
                if quote == 0x2019, isWordByte(byte(first)) { continue }
                if (0x2018...0x201F).contains(quote) { return nil }
                continue
            }
            if quote == 0x27, isWordByte(byte(index - 1)), isWordByte(byte(first)) { continue }
            guard index > sentenceStart + 1, byte(index - 1) == 0x20, isWordByte(byte(first)) else { return nil }
            return OpenQuotation(first: first, closing: closing, before: byte(index - 2))
        }
        return nil
    }

    private static func closing(of quote: UInt32) -> UInt32? {
        switch quote {
        case 0x22, 0x27: quote
        case 0x2018: 0x2019
        case 0x201C: 0x201D
        default: nil
        }
    }

    /// The last place in `range` of a byte that a quote begins with: `"`, `'` or E2.
    private func lastQuote(_ range: Range<Int>) -> Int? {
        text.withUnsafeBytes { text in
            let ones: UInt64 = 0x0101_0101_0101_0101
            let highs = ones << 7
            var end = range.upperBound
            while end - 8 >= range.lowerBound {
                let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
                var zeros: UInt64 = 0
                for quote: UInt64 in [0x22, 0x27, 0xE2] {
                    let other = word ^ (ones &* quote)
                    zeros |= ~((other & ~highs &+ ~highs) | other) & highs
                }
                if zeros != 0 { return end - 1 - zeros.leadingZeroBitCount >> 3 }
                end -= 8
            }
            while end > range.lowerBound {
                end -= 1
                if text[end] == 0x22 || text[end] == 0x27 || text[end] == 0xE2 { return end }
            }
            return nil
        }
    }

    /// The first mark `quote` that closes: no word follows it, nor is it the apostrophe of `the boys' den`.
    private func closing(_ quote: UInt32, after start: Int, before limit: Int) -> (start: Int, end: Int)? {
        var index = start
        while index < min(end, limit) {
            let (value, next) = scalar(index)
            if value == quote, !isWordByte(byte(next)) || byte(next) == 0xE2 {
                let isPossessive =
                    quote != 0x22 && isWordByte(byte(index - 1)) && byte(next) == 0x20
                    && SentenceCharacters.isLower(byte(next + 1))
                if !isPossessive { return (index, next) }
            }
            index = next
        }
        return nil
    }
}
