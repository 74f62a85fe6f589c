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
            if !noteAccountNumber(start, end), !noteTaxCode(start, end) { at = end }
            return
        }
        let meaning = keywords.meaning(text, start..<end)
        at = end
        if !meaning.isEmpty { take(meaning, start..<end) }
    }

    private mutating func take(_ meaning: PrivacyKeywords.Meaning, _ word: Range<Int>) {
        let end = word.upperBound
        if meaning.contains(.number) {
            if followsHead(word) || followsAbbreviation(word), isNumberWord(word) { recordArmed = end }
            if isNumberWord(word) { numberWordEnd = end }
            if phoneArmed >= 0, word.lowerBound - phoneArmed <= 3 { phoneArmed = end }
        } else if meaning.contains(.filler) {
            if follows(phoneArmed, word.lowerBound) { phoneArmed = end }
            if follows(recordArmed, word.lowerBound) { recordArmed = end }
        }
        if meaning.contains(.phone), !isAcidity(word) { phoneArmed = end }
        if meaning.contains(.record), isRecordWord(word) { recordArmed = end }
        if meaning.contains(.recordHead) {
            recordHeadEnd = end
            if followsNumberOf(word.lowerBound) { recordArmed = end }
        }
        if meaning.contains(.ownNumber) {
            if noteDateAfterVom(word) { return }
            ownNumberEnd = end
        }
        if meaning.contains(.englishMonth), isCapital(word.lowerBound) { noteMonthFirst(word) }
        if !meaning.isDisjoint(with: [.title, .smallTitle, .contextTitle]) { noteNameAfterTitle(word) }
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

    /// `pH` has numbers after it that are nobody's.
    private func isAcidity(_ word: Range<Int>) -> Bool {
        word.count == 2 && byte(word.lowerBound) == UInt8(ascii: "p") && isCapital(word.lowerBound + 1)
    }

    /// `Az.`, but not the `AZ` of an address.
    private func isRecordWord(_ word: Range<Int>) -> Bool {
        guard word.count == 2 else { return true }
        return !isCapital(word.lowerBound + 1)
            && [UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte(word.upperBound))
    }

    /// Whether a word for `number` is near what it may be a number of, as in `account, ABA no.`.
    private func followsHead(_ word: Range<Int>) -> Bool {
        recordHeadEnd >= 0 && word.lowerBound - recordHeadEnd <= 24
    }

    /// Whether a word for `number` stands behind `Pat.-` or `R.G. `, which are no words of their own.
    private func followsAbbreviation(_ word: Range<Int>) -> Bool {
        let abbreviations: [StaticString] = ["Pat.-", "Pat-", "R.G. ", "R.G."]
        return abbreviations.contains { isAt($0, before: word.lowerBound) }
    }

    /// Whether a place is behind `numéro de `, `N.º de `, `numero `.
    private func followsNumberOf(_ place: Int) -> Bool {
        guard numberWordEnd >= floor, place - numberWordEnd <= 14 else { return false }
        var at = numberWordEnd
        while [0x20, UInt8(ascii: "."), 0xC2, 0xBA, 0xB0].contains(byte(at)), at < place { at += 1 }
        if at == place { return true }
        let joints: [StaticString] = ["de ", "du ", "di ", "del ", "della ", "d'"]
        return joints.contains { place - at == $0.utf8CodeUnitCount && isAt($0, before: place) }
    }

    /// Notes the date in `Urt. v. 5.2.2019`, where `v.` is no version.
    private mutating func noteDateAfterVom(_ word: Range<Int>) -> Bool {
        let end = word.upperBound
        return word.count == 1 && byte(end) == UInt8(ascii: ".") && byte(end + 1) == 0x20 && noteDate(end + 2)
    }

    private func isAt(_ pattern: StaticString, before place: Int) -> Bool {
        let start = place - pattern.utf8CodeUnitCount
        return (0..<pattern.utf8CodeUnitCount).allSatisfy { byte(start + $0) == pattern.utf8Start[$0] }
    }
}
