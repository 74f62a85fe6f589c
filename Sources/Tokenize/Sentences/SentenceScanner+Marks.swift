extension SentenceScanner {
    /// The marks at `start` and all that belongs to them; nil if there are none.
    func candidate(at start: Int) -> SentenceCandidate? {
        guard let first = SentenceCharacters.mark(scalar(start).value) else { return nil }
        var (mark, position, stops) = (first, start, 0)
        while position < end {
            let (value, next) = scalar(position)
            guard let another = SentenceCharacters.mark(value) else {
                // The dots of ". . ." are one ellipsis, the marks of "! ! !" one mark.
                if value == 0x20, let spaced = spacedMark(next, after: mark, stops) {
                    position = spaced
                    continue
                }
                break
            }
            if another == .stop { stops += 1 }
            if another == .strong || another == .full { mark = another }
            if another == .ellipsis, mark == .stop { mark = .ellipsis }
            position = next
        }
        if mark == .stop, stops > 1 { mark = .ellipsis }
        var candidate = SentenceCandidate(
            mark: mark, stops: stops, start: start, marksEnd: position, end: position, next: position)
        close(&candidate)
        candidate.next = skipSpace(candidate.end)
        return candidate
    }

    /// Where a mark after a blank is, if it goes on with the marks before.
    private func spacedMark(_ position: Int, after mark: SentenceCandidate.Mark, _ stops: Int) -> Int? {
        let byte = byte(position)
        switch mark {
        case .strong: return byte == 0x21 || byte == 0x3F ? position : nil
        case .full: return nil
        case .stop, .ellipsis:
            // "rire... !" of French.
            if stops != 1, byte == 0x21 || byte == 0x3F { return isSpacedStop(position) ? position : nil }
            return stops > 0 && byte == 0x2E && isSpacedStop(position) ? position : nil
        }
    }

    /// Whether the stop at `position` stands alone: a space, a mark or the end follows.
    private func isSpacedStop(_ position: Int) -> Bool {
        let next = position + 1
        return next >= end || isSpace(next) || text[next] == 0x2E || text[next] == 0x2C
            || SentenceCharacters.isCloser(scalar(next).value)
    }

    /// Takes in the closing quotes, brackets, note marks and smileys that follow the marks.
    private func close(_ candidate: inout SentenceCandidate) {
        var position = candidate.marksEnd
        while position < end {
            let (value, next) = scalar(position)
            if SentenceCharacters.isClosingBracket(value) {
                candidate.bracketed = true
            } else if SentenceCharacters.isClosingQuote(value) {
                if opensNext(value, next, candidate) { break }
                candidate.quoted = true
            } else if value == 0x5B, let after = noteMark(position) {
                candidate.noted = true
                position = after
                continue
            } else {
                break
            }
            position = next
        }
        candidate.end = position
        if let detached = detached(position, candidate) {
            candidate.smiled = !SentenceCharacters.isCloser(scalar(skipSpace(position)).value)
            candidate.end = detached
        } else if let note = noteNumber(position, candidate) {
            candidate.end = note
        }
    }

    /// Whether a quote right after the mark opens what follows rather than closes: a letter stands after it.
    private func opensNext(_ quote: UInt32, _ next: Int, _ candidate: SentenceCandidate) -> Bool {
        guard quote == 0x201C || quote == 0x2018 || quote == 0xAB || quote == 0xBB else { return false }
        let following = scalar(next).value
        return next < end && !SentenceCharacters.isSpace(following) && !SentenceCharacters.isCloser(following)
            && following != 0x2C && following != 0x2E
    }

    /// Where closers end that stand off from the marks by a space; nil if there are none.
    private func detached(_ position: Int, _ candidate: SentenceCandidate) -> Int? {
        let next = skipSpace(position)
        guard next > position, next < end else { return nil }
        let (value, after) = scalar(next)
        let closed: Int? =
            switch value {
            case 0x5B: noteMark(next).map { byte($0) == 0x2E ? $0 + 1 : $0 }
            case 0xBB, 0x203A, 0x29, 0x5D, 0x201D: after
            case 0x22, 0x27: candidate.quoted ? nil : after
            case 0x60: byte(after) == 0x60 ? after + 1 : nil
            default: smiley(next) ?? emoji(next)
            }
        guard let closed, closed == end || isSpace(closed) else { return nil }
        return closed
    }

    /// Where a note mark such as `[12]` or `[3, 4]` that begins at `start` ends; nil if it is none.
    func noteMark(_ start: Int) -> Int? {
        var position = start + 1
        var digits = 0
        while position < end, position < start + 24 {
            switch text[position] {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: ","), UInt8(ascii: "-"), 0x20: break
            case UInt8(ascii: "]"): return digits > 0 ? position + 1 : nil
            default: return nil
            }
            position += 1
        }
        return nil
    }

    /// Where a bare number of a note ends, as text has it that lost its superscripts: `it works.12 The next`, or
    /// `it works. 3 The next` before a word that begins sentences.
    private func noteNumber(_ position: Int, _ candidate: SentenceCandidate) -> Int? {
        guard candidate.mark == .stop, candidate.start > begin, !SentenceCharacters.isDigit(text[candidate.start - 1]),
            byte(begin) < 0x30 || byte(begin) > 0x39
        else { return nil }
        let start = byte(position) == 0x20 ? position + 1 : position
        var last = start
        while SentenceCharacters.isDigit(byte(last)), last < start + 3 { last += 1 }
        guard last > start, last - start <= 2 || start == position, byte(start) != 0x30, byte(last) == 0x20 else {
            return nil
        }
        let word = wordStart(before: candidate.start, limit: begin)..<candidate.start
        guard word.count > 2, rules.kinds(text, word).isDisjoint(with: .abbreviation), !text[word].contains(0x2E) else {
            return nil
        }
        // "work.11 12 Take": one number more.
        if start == position, SentenceCharacters.isDigit(byte(last + 1)) {
            var second = last + 1
            while SentenceCharacters.isDigit(byte(second)), second < last + 4 { second += 1 }
            if byte(second) == 0x20 { last = second }
        }
        let following = followingWord(last + 1)
        guard following.shape == .upper, start == position || startsSentence(following) else { return nil }
        return last
    }

    /// Where the smiley at `start` ends; nil if there is none.
    func smiley(_ start: Int) -> Int? {
        var position = start
        guard position < end, [0x3A, 0x3B, 0x3D].contains(text[position]) else { return nil }
        position += 1
        while byte(position) == UInt8(ascii: "-") || byte(position) == 0x27 || byte(position) == UInt8(ascii: "^") {
            position += 1
            if position > start + 2 { return nil }
        }
        let mouth = byte(position)
        guard [0x29, 0x28, 0x5D, 0x44, 0x50, 0x70, 0x2F, 0x7C].contains(mouth) else { return nil }
        if SentenceCharacters.isLetter(mouth) || mouth == 0x2F, !(position + 1 == end || isSpace(position + 1)) {
            return nil
        }
        while byte(position) == mouth { position += 1 }
        return position
    }
}
