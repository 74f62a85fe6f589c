extension PrivacyPass {
    /// Reads what begins with a digit.
    mutating func readNumber() {
        let start = at
        if noteRecord(start) { return }
        let isOwn = isTextsOwn(start)
        if begins(start), !isOwn {
            if noteAddress4(start) || noteAddress6(start) || noteDate(start) { return }
            if noteSocialSecurity(start) || noteCard(start) || notePhone(start) { return }
        }
        skipNumber(start, isOwn: isOwn)
    }

    /// Whether the text numbers itself here: after `§` or `section`.
    private func isTextsOwn(_ start: Int) -> Bool {
        ownNumberEnd >= 0 && start - ownNumberEnd <= 4 && follows(ownNumberEnd, start)
    }

    /// Passes over a number with all its dots, dashes and letters, so that no part of it is taken for something else.
    private mutating func skipNumber(_ start: Int, isOwn: Bool) {
        var end = start
        while end < text.count {
            if isAlphanumeric(end) {
                end += 1
                continue
            }
            switch byte(end) {
            case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                guard isAlphanumeric(end + 1) else {
                    at = end
                    return
                }
                end += 2
            default:
                at = end
                return
            }
        }
        at = end
    }

    /// `123-45-6789`, in the ranges that are given out.
    private mutating func noteSocialSecurity(_ start: Int) -> Bool {
        guard let area = number(start, 3), area.end == start + 3, byte(area.end) == UInt8(ascii: "-"),
            let group = number(area.end + 1, 2), group.end == area.end + 3, byte(group.end) == UInt8(ascii: "-"),
            let serial = number(group.end + 1, 4), serial.end == group.end + 5, ends(serial.end),
            area.value != 0, area.value != 666, group.value != 0, serial.value != 0
        else { return false }
        note(start..<serial.end, .record)
        return true
    }

    /// A bank card: 13 to 19 digits of a known network whose check digit is right.
    private mutating func noteCard(_ start: Int) -> Bool {
        var (digits, end): ([UInt8], Int) = ([], start)
        while digits.count < 20, end - start < 30 {
            if isDigit(end) {
                digits.append(byte(end) - 0x30)
            } else if !(digits.count % 4 == 0 || digits.count == 10) || !isDigit(end + 1)
                || byte(end) != 0x20 && byte(end) != UInt8(ascii: "-")
            {
                break
            }
            end += 1
        }
        guard ends(end), Self.isCard(digits) else { return false }
        note(start..<end, .record)
        return true
    }

    private static func isCard(_ digits: [UInt8]) -> Bool {
        guard digits.count >= 13 else { return false }
        let length = digits.count
        let isKnown =
            switch (digits[0], digits[1]) {
            case (4, _): length == 13 || length == 16 || length == 19
            case (5, 1...5), (2, 2...7), (6, _): length == 16
            case (3, 4), (3, 7): length == 15
            default: false
            }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index % 2 == 1 ? 2 * Int(digit) : Int(digit)
            sum += value > 9 ? value - 9 : value
        }
        return isKnown && sum % 10 == 0
    }

    /// A record number after a keyword: three digits or more among letters, digits and what joins them.
    mutating func noteRecord(_ start: Int) -> Bool {
        guard follows(recordArmed, start) else { return false }
        var (end, digits, group, isNumeric) = (start, 0, start, true)
        while end - start < 40 {
            if isDigit(end) {
                digits += 1
            } else if isLetter(end) {
                isNumeric = false
            } else {
                guard isAlphanumeric(end + 1), isJoint(end, group..<end, isNumeric) else { break }
                group = end + 1
            }
            end += 1
        }
        guard digits >= 3, !isAlphanumeric(end) else { return false }
        note(start..<end, .record)
        return true
    }

    /// Whether a byte joins the parts of a record number; a space does between short groups of digits alone.
    private func isJoint(_ at: Int, _ group: Range<Int>, _ isNumeric: Bool) -> Bool {
        switch byte(at) {
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "_"): return true
        case 0x20:
            guard isNumeric, group.count <= 4, let next = number(at + 1, 4) else { return false }
            return !isAlphanumeric(next.end)
        default: return false
        }
    }

    /// An IBAN: a country, and a check number that is right.
    mutating func noteAccountNumber(_ start: Int, _ wordEnd: Int) -> Bool {
        guard isCapital(start), isCapital(start + 1), isDigit(start + 2), isDigit(start + 3),
            !isAlphanumeric(start - 1)
        else { return false }
        var (characters, end): ([UInt8], Int) = ([], start)
        while characters.count < 35 {
            if isDigit(end) || isCapital(end) {
                characters.append(byte(end))
            } else if byte(end) != 0x20 || characters.count % 4 != 0 || !(isDigit(end + 1) || isCapital(end + 1)) {
                break
            }
            end += 1
        }
        // Words in capitals may follow; the number ends where its check is right.
        while characters.count >= 15 {
            if !isAlphanumeric(end), Self.isAccountNumber(characters) {
                note(start..<end, .record)
                return true
            }
            while end > start, byte(end - 1) == 0x20 { end -= 1 }
            end -= 1
            characters.removeLast()
            while end > start, byte(end - 1) == 0x20 { end -= 1 }
        }
        return false
    }

    private static func isAccountNumber(_ characters: [UInt8]) -> Bool {
        var remainder = 0
        for character in characters[4...] + characters[..<4] {
            let value = character >= 0x41 ? Int(character) - 55 : Int(character) - 48
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
        }
        return remainder == 1
    }
}
