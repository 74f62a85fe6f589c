/// A full stop: the end of a sentence, of an abbreviation, or of both.
extension SentenceScanner {
    func stopVerdict(
        _ candidate: SentenceCandidate, _ following: FollowingWord, _ sentenceStart: Int
    ) -> SentenceVerdict {
        let word = wordStart(before: candidate.start, limit: sentenceStart)..<candidate.start
        if following.shape != .lower, !word.isEmpty, isEnumerator(word) {
            if isItemStart(word.lowerBound, sentenceStart) { return .goesOn }
            if continuesList(word, sentenceStart, mark: 0x2E) {
                return .ends(end: trimmedEnd(sentenceStart, word.lowerBound), next: word.lowerBound)
            }
        }
        guard stopEnds(candidate, word, following, sentenceStart) else { return .goesOn }
        return .ends(end: candidate.end, next: candidate.next)
    }

    private func stopEnds(
        _ candidate: SentenceCandidate, _ word: Range<Int>, _ following: FollowingWord, _ sentenceStart: Int
    ) -> Bool {
        if following.shape == .lower { return endsBeforeLowerCase(candidate, word, following) }
        if candidate.quoted, rules.kinds(text, following.start..<following.end).contains(.particle) { return false }
        if word.isEmpty { return true }
        if rules.options.contains(.ordinals), isOrdinal(word, following, sentenceStart) { return false }
        let kinds = abbreviation(word, sentenceStart)
        if kinds.isEmpty { return true }
        if rules.pairs.count > 0, rules.pairs.find(text, word.lowerBound..<following.end) == .never { return false }
        if kinds.contains(.never) { return candidate.quoted || candidate.bracketed }
        if kinds.contains(.number) {
            if isNumber(following) { return false }
            if kinds.isDisjoint(with: [.rarely, .often]) { return true }
        }
        if kinds.contains(.rarely) { return startsSentence(following) || candidate.bracketed }
        return following.shape == .upper && !rules.kinds(text, following.start..<following.end).contains(.counted)
            && !isOpeningTime(word, sentenceStart) && !isInitial(following)
    }

    /// Whether the word is one letter with a stop, as the `F.` of a temperature.
    private func isInitial(_ word: FollowingWord) -> Bool {
        byte(word.end) == 0x2E && scalar(word.start).next == word.end
    }

    /// Whether the sentence so far is a time of day with a preposition, as in `At 5 a.m. Anna left`.
    private func isOpeningTime(_ word: Range<Int>, _ sentenceStart: Int) -> Bool {
        guard text[word].last == UInt8(ascii: "m"), word.upperBound - sentenceStart < 20 else { return false }
        let first = sentenceStart..<wordEnd(sentenceStart)
        guard byte(first.upperBound) == 0x20, SentenceCharacters.isDigit(byte(first.upperBound + 1)) else {
            return false
        }
        return rules.kinds(text, first).contains(.starter)
    }

    // MARK: The word before

    /// In text written without capitals a stop ends a sentence after a word that is plainly no abbreviation.
    private func endsBeforeLowerCase(
        _ candidate: SentenceCandidate, _ word: Range<Int>, _ following: FollowingWord
    ) -> Bool {
        guard rules.options.contains(.casual), !candidate.quoted || candidate.smiled, !candidate.bracketed,
            word.count >= 2, !following.opened
        else { return false }
        let kinds = rules.kinds(text, word)
        guard kinds.isDisjoint(with: .abbreviation) else { return false }
        let isLower = text[word].allSatisfy { SentenceCharacters.isLower($0) || $0 == 0x27 }
        if isLower { return word.count >= 3 ? !isConsonants(word) : kinds.contains(.starter) }
        // "the Burger. no place": a long word with a capital, and one that begins sentences after it.
        let isWord = text[word].dropFirst().allSatisfy { SentenceCharacters.isLower($0) || $0 == 0x27 }
        return isWord && word.count >= 5 && startsSentence(following)
    }

    /// What kind of abbreviation a word before a stop is; with stops inside (`Fed.Cir`) the last part tells.
    private func abbreviation(_ word: Range<Int>, _ sentenceStart: Int) -> WordKinds {
        let kinds = rules.kinds(text, word).intersection(.abbreviation)
        if word.count <= 4, let spaced = spacedAbbreviation(word, sentenceStart) { return spaced }
        if !kinds.isEmpty { return kinds }
        if let stop = text[word].lastIndex(of: 0x2E) {
            // "J.-P." is of two initials.
            let first = stop + 1 < word.upperBound && text[stop + 1] == 0x2D ? stop + 2 : stop + 1
            let last = first..<word.upperBound
            if isLetter(last) { return .rarely }
            return rules.kinds(text, last).intersection(.abbreviation)
        }
        if let part = elided(word) { return rules.kinds(text, part).intersection(.abbreviation) }
        let ending = rules.endingKinds(text, word).intersection(.abbreviation)
        if !ending.isEmpty { return ending }
        return isLetter(word) || isConsonants(word) ? .rarely : []
    }

    /// What follows the apostrophe of an elision, as `art` in `l’art`.
    private func elided(_ word: Range<Int>) -> Range<Int>? {
        guard word.count > 4 else { return nil }
        // Of "Anna’s" the rest is no word.
        for index in word.lowerBound + 1..<word.upperBound - 2 {
            if text[index] == 0x27 { return index + 1..<word.upperBound }
            let isQuote = text[index] == 0xE2 && text[index + 1] == 0x80 && text[index + 2] == 0x99
            if isQuote { return index + 4 < word.upperBound ? index + 3..<word.upperBound : nil }
        }
        return nil
    }

    /// A letter alone, an initial or a part of an abbreviation; not a number, a bracket or a sign.
    func isLetter(_ word: Range<Int>) -> Bool {
        let (value, next) = scalar(word.lowerBound)
        return next == word.upperBound && Unicode.Scalar(value)?.properties.isAlphabetic ?? false
    }

    /// What `т. е` or `z. B` is, the parts of which are apart by blanks.
    private func spacedAbbreviation(_ word: Range<Int>, _ sentenceStart: Int) -> WordKinds? {
        var start = word.lowerBound
        var found: WordKinds?
        for _ in 0..<3 {
            let before = trimmedEnd(sentenceStart, start)
            guard before < start, before > sentenceStart, text[before - 1] == 0x2E else { break }
            let first = wordStart(before: before - 1, limit: max(sentenceStart, before - 8))
            guard first < before - 1 else { break }
            start = first
            let kinds = rules.kinds(text, start..<word.upperBound).intersection(.abbreviation)
            if !kinds.isEmpty { found = kinds }
        }
        return found
    }

    /// A word of consonants alone that is written as a word is: an abbreviation nobody listed, such as `Rptr`.
    private func isConsonants(_ word: Range<Int>) -> Bool {
        guard (2...6).contains(word.count), SentenceCharacters.isLower(text[word.upperBound - 1]) else { return false }
        return text[word].allSatisfy {
            SentenceCharacters.isLetter($0) && !Self.vowels.contains($0 | 0x20)
        }
    }

    private static let vowels: [UInt8] = Array("aeiouy".utf8)

    // MARK: Numbers and list items

    /// Whether a number with a stop is an ordinal that goes on: `3. Oktober`, `im 19. Jahrhundert`.
    private func isOrdinal(_ word: Range<Int>, _ following: FollowingWord, _ sentenceStart: Int) -> Bool {
        let isRoman = text[word].allSatisfy { Self.roman.contains($0) }
        guard isRoman || word.count <= 3 && text[word].allSatisfy(SentenceCharacters.isDigit) else { return false }
        if following.shape == .digit { return word.count <= 2 && !isRoman }
        let kinds = rules.kinds(text, following.start..<following.end)
        if kinds.contains(.counted) { return true }
        return !kinds.contains(.starter) && word.count <= (isRoman ? 8 : 2)
    }

    private static let roman: [UInt8] = Array("IVXLC".utf8)

    /// Whether an abbreviation such as `No.` or `Fig.` is followed by what it numbers.
    private func isNumber(_ word: FollowingWord) -> Bool {
        if word.shape == .digit { return true }
        let range = word.start..<word.end
        if range.isEmpty { return [0xA7, 0xB6, 0x23].contains(scalar(word.start).value) }
        if text[range].contains(where: SentenceCharacters.isDigit) { return true }
        if range.count == 1 { return byte(word.start) != 0x49 && byte(word.start) != 0x41 || !isSpace(word.end) }
        return text[range].allSatisfy { Self.roman.contains($0) }
    }

    /// A number or letter that counts an item, as in `1.`, `iv.` or `B.`.
    func isEnumerator(_ word: Range<Int>) -> Bool {
        if word.count <= 3, text[word].allSatisfy(SentenceCharacters.isDigit) { return true }
        if word.count == 1 { return SentenceCharacters.isLetter(text[word.lowerBound]) }
        return word.count <= 5 && text[word].allSatisfy { Self.roman.contains($0 & 0xDF) }
    }

    /// Whether the sentence begins with the enumerator at `position`, but for a bullet or a bracket.
    private func isItemStart(_ position: Int, _ sentenceStart: Int) -> Bool {
        if position == sentenceStart { return true }
        var start = sentenceStart
        for _ in 0..<3 {
            let (value, next) = scalar(start)
            guard
                SentenceCharacters.isBullet(value) || SentenceCharacters.isSpace(value) || value == 0x2D
                    || value == 0x2A
                    || SentenceCharacters.isOpener(value)
            else { return false }
            start = next
            if start == position { return true }
        }
        return false
    }

    /// Whether the enumerator is the next of the list whose item the sentence is: `1. First 2. Second`.
    func continuesList(_ word: Range<Int>, _ sentenceStart: Int, mark: UInt8) -> Bool {
        guard word.lowerBound > sentenceStart, isSpaceBefore(word.lowerBound, sentenceStart) else { return false }
        var start = sentenceStart
        while start < word.lowerBound, !SentenceCharacters.isLetter(text[start]),
            !SentenceCharacters.isDigit(text[start])
        {
            start += 1
            if start > sentenceStart + 4 { return false }
        }
        let first = start..<wordEnd(start)
        guard first.upperBound < word.lowerBound, byte(first.upperBound) == mark,
            let one = ordinal(first), let two = ordinal(word)
        else { return false }
        return two == one + 1
    }

    func isSpaceBefore(_ position: Int, _ limit: Int) -> Bool {
        SentenceCharacters.isSpace(scalar(before: position, limit: limit).value)
    }

    /// The value of a number up to 999; of a small letter or a Roman number, beyond that.
    private func ordinal(_ word: Range<Int>) -> Int? {
        if word.count == 1, SentenceCharacters.isLower(text[word.lowerBound]) {
            return 1000 + Int(text[word.lowerBound])
        }
        guard (1...4).contains(word.count) else { return nil }
        if let value = roman(word) { return 2000 + value }
        guard text[word].allSatisfy(SentenceCharacters.isDigit) else { return nil }
        return text[word].reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    /// The value of a Roman number of I, V and X.
    private func roman(_ word: Range<Int>) -> Int? {
        var (sum, last) = (0, 0)
        for byte in text[word].reversed() {
            let value: Int
            switch byte {
            case UInt8(ascii: "I"): value = 1
            case UInt8(ascii: "V"): value = 5
            case UInt8(ascii: "X"): value = 10
            default: return nil
            }
            sum += value < last ? -value : value
            last = max(last, value)
        }
        return sum
    }
}
