/// Ends of sentences that no stop marks: after smileys and addresses, at rules of stars, before list items.
extension SentenceScanner {
    /// What the character at `position`, which is no end mark, says.
    func unmarkedVerdict(_ position: Int, sentenceStart: Int) -> SentenceVerdict {
        switch text[position] {
        case 0x3A: return colonVerdict(position, sentenceStart)
        case 0x3B:
            if rules.options.contains(.semicolonAsks) { return spacedVerdict(position) }
            let verdict = smileyVerdict(position, sentenceStart)
            if case .ends = verdict { return verdict }
            return clauseVerdict(position)
        case 0x3D:
            let verdict = smileyVerdict(position, sentenceStart)
            if case .ends = verdict { return verdict }
            return ruleVerdict(position, sentenceStart)
        case 0x2A, 0x5F: return ruleVerdict(position, sentenceStart)
        case 0x3E: return addressVerdict(position, sentenceStart)
        case 0x29: return itemVerdict(position, sentenceStart)
        case 0x2D: return dashItemVerdict(position, sentenceStart)
        case 0xE2:
            return scalar(position).value == 0x2014
                ? dashVerdict(position, sentenceStart) : bulletVerdict(position, sentenceStart)
        case 0xF0: return emojiVerdict(position, sentenceStart)
        default: return .goesOn
        }
    }

    private func colonVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        if rules.options.contains(.colonStops) { return spacedVerdict(position) }
        let next = byte(position + 1)
        if SentenceCharacters.isDigit(next) { return timeVerdict(position, sentenceStart) }
        if next == 0x2F { return addressListVerdict(position, sentenceStart) }
        let verdict = smileyVerdict(position, sentenceStart)
        if case .ends = verdict { return verdict }
        return clauseVerdict(position)
    }

    /// A colon or a semicolon after which a word with a capital begins a sentence: what follows is one.
    private func clauseVerdict(_ position: Int) -> SentenceVerdict {
        guard rules.options.contains(.clauses), isSpace(position + 1) else { return .goesOn }
        let next = skipSpace(position + 1)
        let following = followingWord(next)
        guard following.shape == .upper, !following.opened, startsSentence(following) else { return .goesOn }
        return .ends(end: position + 1, next: next)
    }

    /// A mark of one byte that ends sentences in some language: before a space and no small letter.
    private func spacedVerdict(_ position: Int) -> SentenceVerdict {
        let next = skipSpace(position + 1)
        guard next > position + 1, next < end, followingWord(next).shape != .lower else { return .goesOn }
        return .ends(end: position + 1, next: next)
    }

    /// The date and time of a mail's header, `04/26/2001 07:17 AM`, is a line of its own: after a name, before a capital.
    private func timeVerdict(_ colon: Int, _ sentenceStart: Int) -> SentenceVerdict {
        guard let start = dateStart(colon, sentenceStart) else { return .goesOn }
        let before = trimmedEnd(sentenceStart, start)
        if before > sentenceStart {
            let word = wordStart(before: before, limit: sentenceStart)
            if SentenceCharacters.isUpper(text[word]) || text[word..<before].contains(0x40) {
                return .ends(end: before, next: start)
            }
        }
        var after = colon + 1
        while SentenceCharacters.isDigit(byte(after)) || byte(after) == 0x3A { after += 1 }
        guard byte(after) == 0x20, byte(after + 1) == 0x41 || byte(after + 1) == 0x50, byte(after + 2) == 0x4D,
            isSpace(after + 3)
        else { return .goesOn }
        let next = skipSpace(after + 3)
        guard next < end, followingWord(next).shape == .upper else { return .goesOn }
        return .ends(end: after + 3, next: next)
    }

    /// Where the date before the hours of a time begins: `04/26/2001 07` before a colon; nil if there is none.
    private func dateStart(_ colon: Int, _ sentenceStart: Int) -> Int? {
        var position = colon
        while position > sentenceStart, SentenceCharacters.isDigit(text[position - 1]) { position -= 1 }
        guard position < colon, colon - position <= 2, position > sentenceStart, text[position - 1] == 0x20 else {
            return nil
        }
        position -= 1
        let last = position
        var slashes = 0
        while position > sentenceStart, SentenceCharacters.isDigit(text[position - 1]) || text[position - 1] == 0x2F {
            position -= 1
            if text[position] == 0x2F { slashes += 1 }
            if last - position > 10 { return nil }
        }
        return slashes == 2 && (position == sentenceStart || isSpace(position - 1)) ? position : nil
    }

    /// Of two addresses in a row each is a line of its own.
    private func addressListVerdict(_ colon: Int, _ sentenceStart: Int) -> SentenceVerdict {
        let start = tokenStart(before: colon, limit: sentenceStart)
        let before = trimmedEnd(sentenceStart, start)
        guard start > before, before > sentenceStart, colon - start <= 8 else { return .goesOn }
        let token = text[tokenStart(before: before, limit: sentenceStart)..<before]
        let isAddress =
            token.count > 8 && (token.starts(with: Array("http://".utf8)) || token.starts(with: Array("https://".utf8)))
        return isAddress ? .ends(end: before, next: start) : .goesOn
    }

    private func smileyVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        guard position > sentenceStart, text[position - 1] == 0x20, let after = smiley(position), isSpace(after) else {
            return .goesOn
        }
        let next = skipSpace(after)
        guard next < end, followingWord(next).shape == .upper else { return .goesOn }
        return .ends(end: after, next: next)
    }

    /// A rule of stars or lines stands alone.
    private func ruleVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        let mark = text[position]
        guard byte(position + 1) == mark, byte(position + 2) == mark, byte(position - 1) != mark else { return .goesOn }
        var after = position
        while after < end, text[after] == mark { after += 1 }
        // A few low lines are a blank to fill in.
        guard mark != 0x5F || after - position >= 8 else { return .goesOn }
        let next = skipSpace(after)
        guard next > after, next < end else { return .goesOn }
        if position == sentenceStart { return .ends(end: after, next: next) }
        guard isSpace(position - 1) else { return .goesOn }
        return .ends(end: trimmedEnd(sentenceStart, position), next: position)
    }

    /// A mail address in angle brackets ends a line of a header.
    private func addressVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        let next = skipSpace(position + 1)
        guard next > position + 1, next < end else { return .goesOn }
        let token = text[tokenStart(before: position, limit: sentenceStart)..<position]
        guard token.contains(0x40), token.contains(0x3C) else { return .goesOn }
        let shape = followingWord(next).shape
        guard shape == .upper || shape == .digit, text[next] != 0x3C else { return .goesOn }
        return .ends(end: position + 1, next: next)
    }

    /// The next item of a list, as in `1) First 2) Second`, begins a sentence.
    private func itemVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        let word = wordStart(before: position, limit: sentenceStart)..<position
        guard !word.isEmpty, word.count <= 3, isEnumerator(word), continuesList(word, sentenceStart, mark: 0x29) else {
            return .goesOn
        }
        return .ends(end: trimmedEnd(sentenceStart, word.lowerBound), next: word.lowerBound)
    }

    /// Speech that breaks off, `so I was uh — This is at six`: a word that begins sentences comes after a dash in the midst
    /// of running text, which a headline or the place at the head of news is not.
    private func dashVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        let after = position + 3
        if let broken = brokenSpeechVerdict(after, sentenceStart) { return broken }
        guard position > sentenceStart, text[position - 1] == 0x20, byte(after) == 0x20 else { return .goesOn }
        let next = skipSpace(after)
        let following = followingWord(next)
        guard following.shape == .upper, !following.opened, !isI(following), startsSentence(following),
            hasSmallWord(max(sentenceStart, position - 200)..<position)
        else { return .goesOn }
        return .ends(end: after, next: next)
    }

    /// Speech that breaks off and is closed, `“But I thought—” The door fell shut`: what follows the quote begins a sentence.
    private func brokenSpeechVerdict(_ quote: Int, _ sentenceStart: Int) -> SentenceVerdict? {
        let (value, after) = scalar(quote)
        guard value == 0x22 || value == 0x201D || value == 0x27 || value == 0x2019, isSpace(after) else { return nil }
        let next = skipSpace(after)
        let following = followingWord(next)
        guard next < end, following.opened ? byte(next) != 0x28 : startsSentence(following) && !isI(following),
            following.shape == .upper, !names(following)
        else { return nil }
        return .ends(end: after, next: next)
    }

    /// Whether a word in `range` begins with a small letter.
    private func hasSmallWord(_ range: Range<Int>) -> Bool {
        range.dropFirst().contains { SentenceCharacters.isLower(text[$0]) && text[$0 - 1] == 0x20 }
    }

    /// A hyphen between wide gaps begins an item of a list that lost its line breaks.
    private func dashItemVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        if byte(position - 1) == 0x2D, let broken = brokenSpeechVerdict(position + 1, sentenceStart) { return broken }
        guard position > sentenceStart + 3, byte(position + 1) == 0x20, text[position - 1] == 0x20,
            text[position - 2] == 0x20, text[position - 3] == 0x20
        else { return .goesOn }
        return .ends(end: trimmedEnd(sentenceStart, position), next: position)
    }

    /// So does what stands behind a bullet, as in `• First • Second`.
    private func bulletVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        guard position > sentenceStart, SentenceCharacters.isBullet(scalar(position).value), isSpace(position - 1)
        else {
            return .goesOn
        }
        return .ends(end: trimmedEnd(sentenceStart, position), next: position)
    }
}

/// What a sentence begins with and is none of it.
extension SentenceScanner {
    /// Where the mark of a page or a note, or a letter's closing formula, that stands at `start` ends.
    func openingVerdict(_ start: Int) -> SentenceVerdict {
        let after: Int?
        switch byte(start) {
        case 0x2A, 0x30...0x39, 0x5B: after = rules.options.contains(.pageMarks) ? pageMark(start) : nil
        default: after = closingFormula(start) ?? (start == begin ? greeting(start) : nil)
        }
        guard let after else { return .goesOn }
        let next = skipSpace(after)
        guard next > after, next < end else { return .goesOn }
        return .ends(end: after, next: next)
    }

    /// Where `*626`, `614*614`, `[13]` or `[*]` ends, if no small letter follows.
    private func pageMark(_ start: Int) -> Int? {
        var position = start
        if byte(start) == 0x5B {
            position = noteMark(start) ?? (byte(start + 1) == 0x2A && byte(start + 2) == 0x5D ? start + 3 : start)
        } else {
            while SentenceCharacters.isDigit(byte(position)), position < start + 5 { position += 1 }
            guard byte(position) == 0x2A else { return nil }
            position += 1
            let digits = position
            while SentenceCharacters.isDigit(byte(position)), position < digits + 5 { position += 1 }
            guard position > digits else { return nil }
        }
        guard position > start, isSpace(position) else { return nil }
        let following = followingWord(skipSpace(position))
        return following.shape == .upper || following.opened || byte(following.start) == 0x2A ? position : nil
    }

    /// Where the comma of `Dear Anna, The letter` ends: a capital there begins another line, but for `Hi, I am late`.
    private func greeting(_ start: Int) -> Int? {
        var position = wordEnd(start)
        guard position > start, rules.kinds(text, start..<position).contains(.greeting) else { return nil }
        for _ in 0..<4 {
            if byte(position) == 0x2E { position += 1 }
            if byte(position) == 0x2C {
                let following = followingWord(skipSpace(position + 1))
                let isI = byte(following.start) == 0x49 && !SentenceCharacters.isLower(byte(following.start + 1))
                guard isSpace(position + 1), following.shape == .upper, !following.opened, !isI else { return nil }
                return startsSentence(following) ? position + 1 : nil
            }
            guard byte(position) == 0x20, wordEnd(position + 1) > position + 1 else { return nil }
            position = wordEnd(position + 1)
        }
        return nil
    }

    /// Where the comma of `Best regards, Anna` ends.
    private func closingFormula(_ start: Int) -> Int? {
        var position = start
        for _ in 0..<4 {
            let wordEnd = wordEnd(position)
            let kinds = rules.kinds(text, position..<wordEnd)
            guard !kinds.isDisjoint(with: [.closing, .starter]) else { return nil }
            if byte(wordEnd) == 0x2C {
                guard kinds.contains(.closing), isSpace(wordEnd + 1) else { return nil }
                let name = followingWord(skipSpace(wordEnd + 1))
                // "Thanks, Anna." is a sentence.
                let isInitial = byte(name.end) == 0x2E && name.end == name.start + 1
                let goesOn = !isInitial && [0x2C, 0x2E, 0x21, 0x3F, 0x3A, 0x3B].contains(byte(name.end))
                let isName = name.shape == .upper && !name.opened && !startsSentence(name)
                return isName && !goesOn ? wordEnd + 1 : nil
            }
            guard byte(wordEnd) == 0x20 else { return nil }
            position = wordEnd + 1
        }
        return nil
    }
}
