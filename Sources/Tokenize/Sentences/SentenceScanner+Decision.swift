/// What a look at a place in a paragraph says.
enum SentenceVerdict {
    /// No sentence ends here.
    case goesOn
    /// A sentence ends at `end`, the next begins at `next`.
    case ends(end: Int, next: Int)
}

/// The word after a candidate.
struct FollowingWord {
    /// How it begins.
    enum Case {
        case lower, upper, digit, other
    }

    var start: Int
    var end: Int
    var shape: Case
    /// Whether a quote, a bracket or a dash opens before it.
    var opened: Bool
}

extension SentenceScanner {
    /// Whether a sentence ends at the candidate, which is not at the end of the paragraph.
    func verdict(_ candidate: SentenceCandidate, sentenceStart: Int) -> SentenceVerdict {
        let after = SentenceVerdict.ends(end: candidate.end, next: candidate.next)
        let following = followingWord(candidate.next)
        if candidate.mark == .full { return fullEnds(candidate, following) ? after : .goesOn }
        guard candidate.next > candidate.end else {
            return attachedEnds(candidate, following, sentenceStart) ? after : .goesOn
        }
        // A comma or a lone bracket goes on with what was before.
        if [0x2C, 0x3B, 0x3A, 0x29, 0x5D, 0x2F].contains(text[candidate.next]) || closesLater(candidate.next)
            || isElision(candidate.next)
        {
            return .goesOn
        }
        let verdict: SentenceVerdict =
            switch candidate.mark {
            case .full: after
            case .strong: strongEnds(candidate, following, sentenceStart) ? after : .goesOn
            case .ellipsis: ellipsisVerdict(candidate, following, sentenceStart)
            case .stop: stopVerdict(candidate, following, sentenceStart)
            }
        if case .ends = verdict, isWoven(candidate, following, sentenceStart) { return .goesOn }
        return verdict
    }

    /// The next word, behind its opening quotes and brackets.
    func followingWord(_ start: Int) -> FollowingWord {
        var position = start
        while position < end {
            let (value, next) = scalar(position)
            let isDash = value == 0x2D && (text[next - 1] == byte(next) || isSpace(next) || byte(position - 1) == 0x2D)
            guard
                isDash || SentenceCharacters.isOpener(value)
                    || (SentenceCharacters.isSpace(value) && position > start)
            else { break }
            position = next
        }
        let word = FollowingWord(start: position, end: wordEnd(position), shape: .other, opened: position > start)
        return shaped(word)
    }

    private func shaped(_ word: FollowingWord) -> FollowingWord {
        var word = word
        let (value, next) = scalar(word.start)
        if value < 0x80 {
            let byte = UInt8(value)
            if SentenceCharacters.isDigit(byte) { word.shape = .digit }
            if SentenceCharacters.isUpper(byte) { word.shape = .upper }
            if SentenceCharacters.isLower(byte) { word.shape = isMixed(next, word.end) ? .other : .lower }
        } else if let scalar = Unicode.Scalar(value) {
            let properties = scalar.properties
            if properties.isLowercase {
                // β-actin may begin a sentence.
                let isGreek = word.end == next && byte(next) == 0x2D && (0x370...0x3FF).contains(value)
                word.shape = isMixed(next, word.end) || isGreek ? .other : .lower
            } else if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
                word.shape = .upper
            } else if properties.numericType == .decimal {
                word.shape = .digit
            }
        }
        return word
    }

    /// Whether the word goes on with capitals or digits, as `mRNA` and `iPhone` do: such a word may begin a sentence.
    private func isMixed(_ start: Int, _ end: Int) -> Bool {
        text[start..<max(start, end)].contains { SentenceCharacters.isUpper($0) || SentenceCharacters.isDigit($0) }
    }

    // MARK: Marks that are clear

    /// Whether what stands at `position` closes a quotation after which the sentence goes on: `Stop! ``, he said`.
    private func closesLater(_ position: Int) -> Bool {
        var position = position
        let start = position
        while position < start + 4, SentenceCharacters.isClosingQuote(scalar(position).value) {
            position = scalar(position).next
        }
        return position > start && [0x2C, 0x2E, 0x3B, 0x3A].contains(byte(position))
    }

    /// Whether `[…]` or `[...]` is at `position`.
    private func isElision(_ position: Int) -> Bool {
        guard byte(position) == 0x5B || byte(position) == 0x28 else { return false }
        let (value, next) = scalar(position + 1)
        if value == 0x2026 { return byte(next) == 0x5D || byte(next) == 0x29 }
        return value == 0x2E && byte(next) == 0x2E && byte(next + 1) == 0x2E
            && (byte(next + 2) == 0x5D || byte(next + 2) == 0x29)
    }

    /// After an ellipsis a capital or a number begins a sentence; in scripts without capitals nothing tells.
    private func ellipsisEnds(_ candidate: SentenceCandidate, _ following: FollowingWord) -> Bool {
        if following.shape == .lower { return false }
        // "I" has a capital anywhere: a pause before it is a pause.
        if isI(following), isSpaceBefore(candidate.start, begin) { return false }
        // "der M … Leasing GmbH": a name cut down to its first letter.
        let before = trimmedEnd(begin, candidate.start)
        if before < candidate.start, following.shape == .upper, !startsSentence(following),
            SentenceCharacters.isUpper(byte(before - 1)), byte(before - 2) == 0x20, !isI(before - 1)
        {
            return false
        }
        // "[…]" stands for words left out.
        let opening = byte(candidate.start - 1)
        if candidate.bracketed, opening == 0x5B || opening == 0x28 {
            let before = scalar(before: trimmedEnd(begin, candidate.start - 1), limit: begin).value
            return SentenceCharacters.mark(before) != nil || startsSentence(following)
        }
        if byte(trimmedEnd(begin, candidate.start) - 1) == 0x5B { return false }
        guard following.shape == .other, following.start < following.end else {
            return !isOmission(candidate)
        }
        return text[following.start] < 0x80
    }

    /// Whether the word is "I", "I'm" and the like.
    func isI(_ word: FollowingWord) -> Bool { isI(word.start) && byte(word.end) != 0x2E }

    private func isI(_ position: Int) -> Bool {
        byte(position) == 0x49 && !SentenceCharacters.isLetter(byte(position + 1))
            && rules.kinds(text, position..<position + 1).contains(.pronoun)
    }

    private func ellipsisVerdict(
        _ candidate: SentenceCandidate, _ following: FollowingWord, _ sentenceStart: Int
    ) -> SentenceVerdict {
        // "the law. . . . The court": a stop, then what was left out, with which the next sentence begins.
        if candidate.stops > 3, byte(candidate.start + 1) == 0x20, !isSpaceBefore(candidate.start, sentenceStart),
            following.shape != .lower
        {
            return .ends(end: candidate.start + 1, next: skipSpace(candidate.start + 1))
        }
        if candidate.start == sentenceStart, !candidate.quoted { return .goesOn }
        return ellipsisEnds(candidate, following)
            ? .ends(end: candidate.end, next: candidate.next) : .goesOn
    }

    /// Whether `…` stands apart between blanks in a quotation under way: the author left words out of it.
    private func isOmission(_ candidate: SentenceCandidate) -> Bool {
        guard scalar(candidate.start).value == 0x2026, byte(candidate.start - 1) == 0x20, !candidate.quoted else {
            return false
        }
        var position = candidate.start
        let limit = max(begin, position - 400)
        while position > limit {
            let (value, before) = scalar(before: position, limit: limit)
            if value == 0x201C { return true }
            if value == 0x201D { return false }
            position = before
        }
        return false
    }

    private func fullEnds(_ candidate: SentenceCandidate, _ following: FollowingWord) -> Bool {
        // A comma goes on; so does a full-width stop between digits.
        let (value, _) = scalar(candidate.next)
        if [0x2C, 0x3B, 0x3A, 0x3001, 0xFF0C, 0x060C, 0xFF1A, 0xFF1B].contains(value) { return false }
        if candidate.next == candidate.end, following.shape == .digit, !candidate.quoted,
            scalar(candidate.start).value == 0xFF0E
        {
            return false
        }
        if rules.options.contains(.particles), candidate.quoted || candidate.bracketed,
            beginsWithParticle(candidate.end)
        {
            return false
        }
        return true
    }

    /// Whether one or two characters at `position` are a particle that takes up a quotation.
    private func beginsWithParticle(_ position: Int) -> Bool {
        let (_, one) = scalar(position)
        let (_, two) = scalar(one)
        return rules.kinds(text, position..<one).contains(.particle)
            || rules.kinds(text, position..<two).contains(.particle)
    }

    private func strongEnds(_ candidate: SentenceCandidate, _ following: FollowingWord, _ sentenceStart: Int) -> Bool {
        let wordStart = wordStart(before: candidate.start, limit: sentenceStart)
        if rules.kinds(text, wordStart..<candidate.start).contains(.exclaimed), !candidate.quoted {
            return following.shape != .lower && startsSentence(following)
        }
        // Text without capitals; but "What?" he said, and Yes! (loudly).
        if following.shape == .lower {
            guard candidate.end == candidate.marksEnd || candidate.smiled, !following.opened else { return false }
            // A quotation in print goes on: "Hey! why, you are late".
            if isInsideQuotation(candidate.start, sentenceStart) { return false }
            return rules.options.contains(.casual) && !speaks(following)
        }
        guard candidate.quoted else { return true }
        return !names(following) && !rules.kinds(text, following.start..<following.end).contains(.particle)
    }

    /// Whether the word is of a speaker: `Stop! he cried`, `What? asked Anna`.
    func speaks(_ word: FollowingWord) -> Bool {
        let kinds = rules.kinds(text, word.start..<word.end)
        if kinds.contains(.speech) { return true }
        guard kinds.contains(.pronoun), isSpace(word.end) else { return false }
        let start = skipSpace(word.end)
        return rules.kinds(text, start..<wordEnd(start)).contains(.speech)
    }

    /// Whether a name and a verb of speaking follow: `“Stop!” Anna Berg cried`.
    func names(_ word: FollowingWord) -> Bool {
        guard word.shape == .upper, !word.opened, !startsSentence(word) else { return false }
        var end = word.end
        for _ in 0..<3 {
            if byte(end) == 0x2E { end += 1 }
            guard isSpace(end) else { return false }
            let next = followingWord(skipSpace(end))
            if next.opened { return false }
            if next.shape == .lower { return rules.kinds(text, next.start..<next.end).contains(.speech) }
            guard next.shape == .upper else { return false }
            end = next.end
        }
        return false
    }

    /// Whether the sentence begins with a quote that has not closed before `position`; 400 bytes are read.
    private func isInsideQuotation(_ position: Int, _ sentenceStart: Int) -> Bool {
        let (quote, first) = scalar(sentenceStart)
        guard SentenceCharacters.isClosingQuote(quote), position - first < 400 else { return false }
        let closing: UInt32 = quote == 0x201C ? 0x201D : quote == 0x2018 ? 0x2019 : quote
        var index = first
        while index < position {
            let (value, next) = scalar(index)
            if value == closing, !isWordByte(byte(next)) { return false }
            index = next
        }
        return true
    }

    // MARK: Marks without a space after them

    /// Whether a space was left out, as in `end.Next` or `what?No`; scripts without spaces never have one.
    private func attachedEnds(_ candidate: SentenceCandidate, _ following: FollowingWord, _ sentenceStart: Int) -> Bool
    {
        let (before, _) = scalar(before: candidate.start, limit: sentenceStart)
        let after = scalar(candidate.next).value
        if candidate.mark == .strong ? max(before, after) >= 0x2E80 : min(before, after) >= 0x2E80 {
            let isQuoted = candidate.quoted || candidate.bracketed
            return (candidate.mark != .ellipsis || candidate.stops == 2)
                && !(isQuoted && rules.options.contains(.particles) && beginsWithParticle(candidate.end))
        }
        guard following.shape == .upper, !following.opened || candidate.quoted else { return false }
        let token = text[tokenStart(before: candidate.start, limit: sentenceStart)..<candidate.start]
        guard !token.contains(where: { [0x2F, 0x40, 0x5C, 0x5F, 0x2E, 0x3D].contains($0) }) else { return false }
        let word = wordStart(before: candidate.start, limit: sentenceStart)..<candidate.start
        guard word.count >= 2, !isLetter(word), rules.kinds(text, word).isDisjoint(with: .abbreviation) else {
            return false
        }
        // The next word is a word, not an ending such as `.COM`, and no other part of an address follows.
        let kinds = rules.kinds(text, following.start..<following.end)
        guard !SentenceCharacters.isUpper(byte(following.start + 1)),
            byte(following.end) != 0x2E || isSpace(following.end + 1) || following.end + 1 >= end
        else { return false }
        if text[word].allSatisfy({ SentenceCharacters.isLower($0) || $0 >= 0x80 || $0 == 0x27 }) { return true }
        return kinds.contains(.starter) || kinds.contains(.never) && byte(following.end) == 0x2E
    }

    /// Whether the word begins sentences: `The`, `However`; not an initial such as `A.`.
    func startsSentence(_ word: FollowingWord) -> Bool {
        if byte(word.end) == 0x2E, scalar(word.start).next == word.end { return false }
        let kinds = rules.kinds(text, word.start..<word.end)
        // "No." of "No. 5" is not "no".
        if byte(word.end) == 0x2E, !kinds.isDisjoint(with: .abbreviation) { return false }
        return kinds.contains(.starter)
    }
}
