extension PrivacyPass {
    private static let mostWords = 4
    private static let particles = ["van", "von", "der", "den", "de", "la", "le", "di", "da", "bin", "al", "y", "e"]
        .map { Array($0.utf8) }

    /// A name behind `Dr.` or `Prof. Dr. med.`, not behind `DR` or `MS`; what makes a disease's name with it keeps it.
    mutating func noteNameAfterTitle(_ title: Range<Int>) {
        guard isTitle(title), !isAlphanumeric(title.lowerBound - 1) else { return }
        var place = partsEnd(title.upperBound)
        guard byte(place) == 0x20 else { return }
        place += 1
        var count = 0
        while count < Self.mostTitles, let end = stackedTitleEnd(place), byte(end) == 0x20 {
            place = end + 1
            count += 1
        }
        // A small word may be no title (`don de sang`), nor may a river (`dal Don al Volga`).
        guard beginsLikeName(place) || isCapital(title.lowerBound) && !isDon(title) else { return }
        guard let name = name(place), !isEponym(name.end), !isMorbus(title, place), !isPageant(title, place) else {
            return
        }
        note(place..<name.end, .name)
    }

    /// A name of two words or more behind `Patient:`.
    mutating func noteNameAfterLabel(_ labelEnd: Int) {
        guard byte(labelEnd) == UInt8(ascii: ":") else { return }
        var place = labelEnd + 1
        while byte(place) == 0x20, place - labelEnd < 4 { place += 1 }
        guard let name = name(place, isListed: true), name.words > 1, !isEponym(name.end) else { return }
        note(place..<name.end, .name)
    }

    /// Words with capitals, initials and particles between them.
    /// - Parameter isListed: whether the family name may come first, with a comma behind it.
    private func name(_ start: Int, isListed: Bool = false) -> (end: Int, words: Int)? {
        var (place, end, words) = (start, start, 0)
        var sawComma = false
        while words < Self.mostWords {
            let wordEnd = nameWordEnd(place)
            guard wordEnd > place, !isTitle(place..<wordEnd, afterWords: words) else { break }
            if beginsLikeName(place) {
                end = wordEnd
                words += 1
                // The stop of an initial belongs to it.
                if wordEnd - place == 1, byte(wordEnd) == UInt8(ascii: ".") { end += 1 }
            } else if !isParticle(place..<wordEnd) {
                break
            }
            place = max(end, wordEnd)
            if isListed, !sawComma, words == 1, byte(place) == UInt8(ascii: ",") {
                sawComma = true
                place += 1
            }
            guard byte(place) == 0x20 else { break }
            place += 1
        }
        return words > 0 ? (end, words) : nil
    }

    func nameWordEnd(_ start: Int) -> Int {
        var end = start
        while end - start < 40 {
            let isInner =
                (byte(end) == UInt8(ascii: "-") || byte(end) == UInt8(ascii: "'") && !isPossessive(end)) && end > start
                && (isLetter(end + 1) || byte(end + 1) >= 0xC3)
            guard isLetter(end) || byte(end) >= 0x80 && byte(end) != 0xE2 && byte(end) != 0xC2 || isInner else { break }
            end += 1
        }
        return end
    }

    /// A capital letter of Latin, Greek or Cyrillic.
    func beginsLikeName(_ at: Int) -> Bool {
        switch byte(at) {
        case 0xC3: byte(at + 1) < 0x9F
        case 0xC4...0xC5: true
        case 0xCE: byte(at + 1) >= 0x86 && byte(at + 1) <= 0xA9
        case 0xD0: byte(at + 1) < 0xB0
        default: isCapital(at)
        }
    }

    private func isParticle(_ word: Range<Int>) -> Bool {
        Self.particles.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == byte($1) } }
    }

    private func isPossessive(_ at: Int) -> Bool {
        byte(at) == UInt8(ascii: "'") && byte(at + 1) == UInt8(ascii: "s") && !isLetter(at + 2)
    }

    /// Whether the words behind make a disease or a sign of a name: `'s disease`, ` syndrome`.
    private func isEponym(_ end: Int) -> Bool {
        var place = end
        if isPossessive(place) { place += 2 }
        if byte(place) == 0xE2, byte(place + 1) == 0x80, byte(place + 2) == 0x99 {
            place += byte(place + 3) == 0x73 ? 4 : 3
        }
        guard byte(place) == 0x20 else { return false }
        let word = place + 1
        place = word
        while isLetter(place), place - word < 20 { place += 1 }
        return keywords.meaning(text, word..<place).contains(.eponymNoun)
    }
}
