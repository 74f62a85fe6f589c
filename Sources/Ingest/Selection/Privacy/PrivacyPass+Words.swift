extension PrivacyPass {
    /// Reads a word: what it announces is remembered, what it begins is noted.
    mutating func readWord() {
        let start = at
        var end = start
        var hasDigit = false
        while end < text.count {
            let byte = text[end]
            if byte >= 0x30, byte <= 0x39 {
                hasDigit = true
            } else if !(byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A), byte < 0xC3 || byte == 0xE2 || byte == 0xE3 {
                // Continuation bytes belong to the word, punctuation (E2, E3) does not.
                if byte < 0x80 || byte > 0xBF { break }
            }
            end += 1
        }
        if byte(end) == UInt8(ascii: ":"), noteURL(start, scheme: end) || noteAddress6(start) { return }
        if byte(end) == UInt8(ascii: "."), end - start == 3, noteWebHost(start) { return }
        if noteRecord(start) { return }
        if hasDigit {
            if !noteAccountNumber(start, end) { at = end }
            return
        }
        let meaning = keywords.meaning(text, start..<end)
        at = end
        if !meaning.isEmpty { take(meaning, start..<end) }
    }

    private mutating func take(_ meaning: PrivacyKeywords.Meaning, _ word: Range<Int>) {
        let end = word.upperBound
        if meaning.contains(.number) {
            let isNear = recordHeadEnd >= 0 && word.lowerBound - recordHeadEnd <= 24
            if isNear, isNumberWord(word) { recordArmed = end }
            if phoneArmed >= 0, word.lowerBound - phoneArmed <= 3 { phoneArmed = end }
        } else if meaning.contains(.filler) {
            if follows(phoneArmed, word.lowerBound) { phoneArmed = end }
            if follows(recordArmed, word.lowerBound) { recordArmed = end }
        }
        if meaning.contains(.phone) { phoneArmed = end }
        if meaning.contains(.record) { recordArmed = end }
        if meaning.contains(.recordHead) { recordHeadEnd = end }
        if meaning.contains(.ownNumber) { ownNumberEnd = end }
        if meaning.contains(.englishMonth), isCapital(word.lowerBound) { noteMonthFirst(word) }
        if meaning.contains(.title) { noteNameAfterTitle(word) }
        if meaning.contains(.nameLabel) { noteNameAfterLabel(end) }
    }

    /// `no` and `n` are words for a number only with a capital, a stop, a colon or a sign after them.
    private func isNumberWord(_ word: Range<Int>) -> Bool {
        guard word.count <= 2 else { return true }
        if isCapital(word.lowerBound) { return true }
        switch byte(word.upperBound) {
        case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "#"), 0xC2: return true
        default: return byte(word.lowerBound) | 0x20 == UInt8(ascii: "i")
        }
    }
}
