/// A place where a sentence may end.
struct SentenceCandidate {
    /// What the mark is.
    enum Mark {
        /// A full stop, which also ends abbreviations.
        case stop
        /// A question or exclamation mark.
        case strong
        /// Three stops or more, or the sign for it.
        case ellipsis
        /// A full stop of a script in which nothing else looks like it: no space need follow.
        case full
    }

    var mark: Mark
    /// Where the first mark begins.
    var start: Int
    /// Where the marks end.
    var marksEnd: Int
    /// Where the closing quotes, brackets and note marks after them end: the end of the sentence, if it is one.
    var end: Int
    /// Where the next word or its opening quote begins.
    var next: Int
    /// Whether there is a closing quote between the mark and `end`.
    var quoted: Bool
    /// Whether there is a closing bracket between the mark and `end`.
    var bracketed: Bool
}

/// Reads marks, words and spaces around a place in a paragraph.
struct SentenceScanner {
    let text: [UInt8]
    let end: Int
    let rules: SentenceRules

    /// Whether a mark may begin with the byte at `position`; a quick test.
    @inline(__always)
    func mayEnd(_ position: Int) -> Bool {
        let byte = text[position]
        if byte < 0x80 { return byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") }
        return byte >= 0xC0 && SentenceRules.markLeads[Int(byte)]
    }

    /// The scalar value at `position` and where the next one begins.
    func scalar(_ position: Int) -> (value: UInt32, next: Int) {
        position < end ? UTF8Decoding.next(text.span, at: position, end: end) : (0, position)
    }

    /// The scalar value that ends before `position`, and where it begins; not before `limit`.
    func scalar(before position: Int, limit: Int) -> (value: UInt32, start: Int) {
        guard position > limit else { return (0, position) }
        var start = position - 1
        while start > limit, start > position - 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        return (UTF8Decoding.next(text.span, at: start, end: position).scalar, start)
    }

    func isSpace(_ position: Int) -> Bool {
        guard position < end else { return false }
        return SentenceRules.isSpace(scalar(position).value)
    }

    func skipSpace(_ start: Int) -> Int {
        var position = start
        while position < end {
            let (value, next) = scalar(position)
            guard SentenceRules.isSpace(value) else { break }
            position = next
        }
        return position
    }

    /// Where what follows `start` ends, without white space.
    func trimmedEnd(_ start: Int) -> Int {
        var position = end
        while position > start {
            let (value, before) = scalar(before: position, limit: start)
            guard SentenceRules.isSpace(value) else { break }
            position = before
        }
        return position
    }

    /// The marks at `start` and all that belongs to them; nil if there are none.
    func candidate(at start: Int) -> SentenceCandidate? {
        guard let first = SentenceRules.mark(scalar(start).value) else { return nil }
        var (mark, position, stops) = (first, start, 0)
        while position < end {
            let (value, next) = scalar(position)
            guard let another = SentenceRules.mark(value) else {
                // The dots of ". . ." are one ellipsis.
                if value == 0x20, stops > 0, mark != .strong, scalar(next).value == 0x2E, isSpacedStop(next) {
                    position = next
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
            mark: mark, start: start, marksEnd: position, end: position, next: position, quoted: false, bracketed: false
        )
        close(&candidate)
        candidate.next = skipSpace(candidate.end)
        return candidate
    }

    /// Whether the stop at `position` stands alone: a space, a mark or the end follows.
    private func isSpacedStop(_ position: Int) -> Bool {
        let next = position + 1
        return next >= end || isSpace(next) || text[next] == 0x2E || SentenceRules.closers.contains(scalar(next).value)
    }

    /// Takes in the closing quotes, brackets and note marks that follow the marks.
    private func close(_ candidate: inout SentenceCandidate) {
        var position = candidate.marksEnd
        while position < end {
            let (value, next) = scalar(position)
            if SentenceRules.closingBrackets.contains(value) {
                candidate.bracketed = true
            } else if SentenceRules.closers.contains(value) {
                candidate.quoted = true
            } else if value == 0x5B, let after = noteMark(position) {
                position = after
                continue
            } else {
                break
            }
            position = next
        }
        candidate.end = detached(position) ?? position
    }

    /// Where a note mark or a closing guillemet that stands off by a space ends; nil if there is none.
    private func detached(_ position: Int) -> Int? {
        let next = skipSpace(position)
        guard next > position, next < end else { return nil }
        let (value, after) = scalar(next)
        let closed = value == 0x5B ? noteMark(next) : value == 0xBB || value == 0x203A ? after : nil
        guard let closed, closed == end || isSpace(closed) else { return nil }
        return closed
    }

    /// Where a note mark such as `[12]` or `[3, 4]` that begins at `start` ends; nil if it is none.
    private func noteMark(_ start: Int) -> Int? {
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

    /// The word before `position`: back to white space or an opening bracket or quote, 40 bytes at most.
    func wordStart(before position: Int, limit: Int) -> Int {
        let limit = max(limit, position - 40)
        var start = position
        while start > limit {
            let (value, before) = scalar(before: start, limit: limit)
            if SentenceRules.isSpace(value) || SentenceRules.openers.contains(value) || value == 0x2F { break }
            start = before
        }
        return start
    }

    /// Where the word at `start` ends: letters, digits, apostrophes.
    func wordEnd(_ start: Int) -> Int {
        var position = start
        while position < end, position < start + 40 {
            let byte = text[position]
            let inside = byte >= 0x80 || (0x30...0x39).contains(byte) || isLetter(byte) || byte == UInt8(ascii: "'")
            guard inside, !isSpace(position), scalar(position).value != 0x2019 else { break }
            position = scalar(position).next
        }
        return position
    }

    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
}
