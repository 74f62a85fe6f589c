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
}
