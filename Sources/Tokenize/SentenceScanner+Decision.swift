extension SentenceScanner {
    /// The first character of what follows a candidate.
    enum Following {
        case lower, upper, digit, other
    }

    /// Whether a sentence ends at the candidate, which is not at the end of the paragraph.
    func ends(_ candidate: SentenceCandidate, sentenceStart: Int) -> Bool {
        if candidate.mark == .full { return true }
        guard isSpace(candidate.end) else { return false }
        // A comma, a smiley or a lone bracket goes on with what was before.
        if Array(",;:)]".utf8).contains(text[candidate.next]) { return false }
        let word = nextWord(candidate.next)
        let following = following(word)
        switch candidate.mark {
        case .full: return true
        case .strong:
            // Text without capitals; but "What?" he said, and Yes! (loudly).
            return following != .lower || (candidate.end == candidate.marksEnd && word == candidate.next)
        case .ellipsis: return following != .lower
        case .stop: return stopEnds(candidate, sentenceStart, word, following)
        }
    }

    /// Where the next word begins, behind its opening quotes and brackets.
    private func nextWord(_ start: Int) -> Int {
        var position = start
        while position < end {
            let (value, next) = scalar(position)
            guard SentenceRules.openers.contains(value) else { break }
            position = next
        }
        return position
    }

    private func following(_ position: Int) -> Following {
        let (value, next) = scalar(position)
        guard let scalar = Unicode.Scalar(value) else { return .other }
        if (0x30...0x39).contains(value) { return .digit }
        if scalar.properties.isLowercase { return isMixed(next) ? .other : .lower }
        return scalar.properties.isUppercase ? .upper : .other
    }

    /// Whether the word goes on with capitals or digits, as `mRNA` and `iPhone` do: such a word may begin a sentence.
    private func isMixed(_ start: Int) -> Bool {
        text[start..<wordEnd(start)].contains { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    }

    private func stopEnds(_ candidate: SentenceCandidate, _ sentenceStart: Int, _ word: Int, _ following: Following)
        -> Bool
    {
        let wordStart = wordStart(before: candidate.start, limit: sentenceStart)
        let before = text[wordStart..<candidate.start]
        if following == .lower { return endsBeforeLowerCase(candidate, before) }
        if before.isEmpty { return true }
        if isEnumerator(before), wordStart == sentenceStart { return false }
        if rules.ordinals, before.allSatisfy({ (0x30...0x39).contains($0) }), before.count <= 2 { return false }
        let starts = startsSentence(word)
        if let kind = abbreviation(before) {
            switch kind {
            case .never: return candidate.quoted || candidate.bracketed
            case .number: return following != .digit
            case .rarely: return starts || candidate.bracketed
            case .often: return following == .upper
            }
        }
        if isInitials(before) { return starts }
        return true
    }

    /// In text written without capitals a stop ends a sentence after a word that is plainly no abbreviation.
    private func endsBeforeLowerCase(_ candidate: SentenceCandidate, _ word: ArraySlice<UInt8>) -> Bool {
        guard !candidate.quoted, !candidate.bracketed, word.count >= 3, rules.abbreviation(word) == nil else {
            return false
        }
        return word.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "'") }
    }

    /// What a word before a stop is; of one with stops inside (`Fed.Cir`) the last part tells.
    private func abbreviation(_ word: ArraySlice<UInt8>) -> SentenceRules.Abbreviation? {
        if let kind = rules.abbreviation(word) { return kind }
        guard let stop = word.lastIndex(of: 0x2E) else { return nil }
        let last = word[(stop + 1)...]
        return last.count == 1 && last.allSatisfy(isLetter) ? .rarely : rules.abbreviation(last)
    }

    /// A number or letter that counts an item, as in `1.`, `iv.` or `B.`.
    private func isEnumerator(_ word: ArraySlice<UInt8>) -> Bool {
        if word.count <= 3, word.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        if word.count == 1, let byte = word.first, isLetter(byte) { return true }
        return word.count <= 5 && word.allSatisfy { Array("ivxIVX".utf8).contains($0) }
    }

    /// One capital, or single letters with stops between, as in `J`, `U.S` or `e.g`.
    private func isInitials(_ word: ArraySlice<UInt8>) -> Bool {
        if let scalar = Unicode.Scalar(soleScalar(word)), scalar.properties.isUppercase { return true }
        var letterNext = true
        guard word.count > 1 else { return false }
        for byte in word {
            guard letterNext ? isLetter(byte) : byte == 0x2E else { return false }
            letterNext.toggle()
        }
        return !letterNext
    }

    /// The only scalar value of a word, 0 if it has more.
    private func soleScalar(_ word: ArraySlice<UInt8>) -> UInt32 {
        guard !word.isEmpty else { return 0 }
        let (value, next) = scalar(word.startIndex)
        return next == word.endIndex ? value : 0
    }

    private func startsSentence(_ word: Int) -> Bool {
        let wordEnd = wordEnd(word)
        let bytes = Array(text[word..<wordEnd])
        // "A." is an initial again.
        if bytes.count == 1, wordEnd < end, text[wordEnd] == 0x2E { return false }
        return rules.starters.contains(SentenceRules.lowercased(bytes))
    }
}
