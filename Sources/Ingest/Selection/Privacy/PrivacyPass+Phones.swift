extension PrivacyPass {
    /// Groups of digits as they follow one another.
    private struct Groups {
        /// Digits of each group and the end of each.
        var sizes: [Int] = []
        var ends: [Int] = []
        /// The byte before each group: a separator, `(` for the group in parentheses, or 0.
        var separators: [UInt8] = []
        var digits = 0
        var parenthesis: Int?
    }

    private static let mostDigits = 16
    private static let mostGroups = 8

    /// Reads the groups from a place, a country's `+` not included.
    private func groups(_ start: Int) -> Groups {
        var groups = Groups()
        var place = start
        var separator: UInt8 = 0
        while groups.sizes.count < Self.mostGroups {
            let isOpen = byte(place) == UInt8(ascii: "(")
            if isOpen {
                guard groups.parenthesis == nil, isDigit(place + 1) else { break }
                place += 1
            }
            var end = place
            while isDigit(end), end - place < 20 { end += 1 }
            guard end > place, groups.digits + end - place <= Self.mostDigits else { break }
            if isOpen {
                guard byte(end) == UInt8(ascii: ")") else { break }
                groups.parenthesis = groups.sizes.count
            }
            groups.sizes.append(end - place)
            groups.separators.append(isOpen ? UInt8(ascii: "(") : separator)
            groups.digits += end - place
            if isOpen { end += 1 }
            groups.ends.append(end)
            (place, separator) = afterSeparator(end)
            guard isDigit(place) || byte(place) == UInt8(ascii: "(") else { break }
            // Digits of a closed parenthesis may follow at once; others need a separator.
            if place == end, !isOpen, byte(place) != UInt8(ascii: "(") { break }
        }
        return groups
    }

    /// What lies behind one separator: a space, dash, stop or stroke, or a space with a dash or stroke before it.
    private func afterSeparator(_ end: Int) -> (place: Int, separator: UInt8) {
        switch byte(end) {
        case 0x20: (end + 1, 0x20)
        case UInt8(ascii: "-"), UInt8(ascii: "/"): (byte(end + 1) == 0x20 ? end + 2 : end + 1, byte(end))
        case UInt8(ascii: "."): (end + 1, byte(end))
        case 0xC2 where byte(end + 1) == 0xA0: (end + 2, 0x20)
        // Hyphens and dashes of U+2010 to U+2013.
        case 0xE2 where byte(end + 1) == 0x80 && (0x90...0x93).contains(byte(end + 2)): (end + 3, UInt8(ascii: "-"))
        default: (end, 0)
        }
    }

    /// `+` before a country's number, or an area's number in parentheses.
    mutating func readPhoneOpening() {
        let start = at
        if !isAlphanumeric(start - 1), isDigit(start + 1) || byte(start + 1) == UInt8(ascii: "("), notePhone(start) {
            return
        }
        at = start + 1
    }

    /// A telephone number, in the form of some country or after a keyword.
    mutating func notePhone(_ start: Int) -> Bool {
        let isInternational = byte(start) == UInt8(ascii: "+")
        let groups = groups(isInternational ? start + 1 : start)
        guard !groups.sizes.isEmpty else { return false }
        var count: Int?
        if isInternational {
            count = wholeCount(groups, 8...15)
        } else if let national = nationalCount(groups, start) {
            count = national
        } else if follows(phoneArmed, start) {
            count = wholeCount(groups, 6...15)
        }
        guard let count, count > 0 else { return false }
        let end = extensionEnd(groups.ends[count - 1])
        phoneArmed = -1000
        note(start..<end, .phone)
        phoneArmed = end
        return true
    }

    /// The most groups whose digits are in range and which end like a number.
    private func wholeCount(_ groups: Groups, _ range: ClosedRange<Int>) -> Int? {
        var digits = groups.digits
        for count in stride(from: groups.sizes.count, to: 0, by: -1) {
            if range.contains(digits), ends(groups.ends[count - 1]) { return count }
            digits -= groups.sizes[count - 1]
        }
        return nil
    }

    private func nationalCount(_ groups: Groups, _ start: Int) -> Int? {
        if let count = northAmericanCount(groups, start), ends(groups.ends[count - 1]) { return count }
        if let count = parenthesisCount(groups), ends(groups.ends[count - 1]) { return count }
        return zeroCount(groups, start)
    }

    /// `(202) 555-0123`, `202-555-0123`, `1 202 555 0123`: neither area nor exchange begins with 0 or 1.
    private func northAmericanCount(_ groups: Groups, _ start: Int) -> Int? {
        var first = 0
        if groups.sizes[0] == 1, byte(start) == UInt8(ascii: "1") { first = 1 }
        guard groups.sizes.count >= first + 3, Array(groups.sizes[first..<first + 3]) == [3, 3, 4] else { return nil }
        let area = groups.ends[first] - 3 - (groups.parenthesis == first ? 1 : 0)
        let exchange = groups.ends[first + 1] - 3
        guard byte(area) >= UInt8(ascii: "2"), byte(exchange) >= UInt8(ascii: "2") else { return nil }
        // Stops go with stops: regulations are numbered like 252.227-7013.
        let separators = groups.separators[first + 1...first + 2]
        guard separators.contains(UInt8(ascii: ".")) == separators.allSatisfy({ $0 == UInt8(ascii: ".") }) else {
            return nil
        }
        return first + 3
    }

    /// `(11) 91234-5678`, `8 (495) 123-45-67`, `(0171) 1234567`.
    private func parenthesisCount(_ groups: Groups) -> Int? {
        guard let open = groups.parenthesis, open <= 1, groups.sizes.count > open + 1 else { return nil }
        let first = groups.ends[open] - 1 - groups.sizes[open]
        let rest = Array(groups.sizes[(open + 1)...])
        if byte(first) == UInt8(ascii: "0"), open == 0 {
            return wholeCount(groups, 8...12).flatMap { $0 > 1 ? $0 : nil }
        }
        if open == 0, groups.sizes[0] == 2, rest.count >= 2, rest[0] == 4 || rest[0] == 5, rest[1] == 4,
            groups.separators[2] == UInt8(ascii: "-")
        {
            return 3
        }
        let trunk = byte(groups.ends[0] - 1)
        if open == 1, groups.sizes[0] == 1, trunk == UInt8(ascii: "7") || trunk == UInt8(ascii: "8"),
            groups.sizes[1] == 3
        {
            return wholeCount(groups, 11...11)
        }
        return nil
    }

    /// A number with a leading 0, as most countries write their own: two groups or more, nine digits or more; `00` and
    /// a country.
    private func zeroCount(_ groups: Groups, _ start: Int) -> Int? {
        guard byte(start) == UInt8(ascii: "0"), groups.parenthesis == nil else { return nil }
        if byte(start + 1) == UInt8(ascii: "0") {
            guard byte(start + 2) >= UInt8(ascii: "1") else { return nil }
            return wholeCount(groups, 11...Self.mostDigits)
        }
        guard byte(start + 1) >= UInt8(ascii: "1"), isDigit(start + 1), (2...6).contains(groups.sizes[0]),
            let count = wholeCount(groups, 9...12), count > 1
        else { return nil }
        let sizes = Array(groups.sizes[..<count])
        let separators = groups.separators[1..<count]
        // Groups of two alone are parted by stops; a drug's code has dashes and ten digits in these groups.
        if separators.contains(UInt8(ascii: ".")), !sizes.allSatisfy({ $0 == 2 }) { return nil }
        let isCode = [[4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2]].contains(sizes)
        if isCode, separators.allSatisfy({ $0 == UInt8(ascii: "-") }) { return nil }
        return sizes.allSatisfy { $0 > 1 } ? count : nil
    }

    /// The end of `ext. 12` or `x12` behind a number, else the number's own.
    private func extensionEnd(_ end: Int) -> Int {
        var place = end
        while byte(place) == 0x20 || byte(place) == UInt8(ascii: ","), place - end < 2 { place += 1 }
        let word = place
        while isLetter(place), place - word < 9 { place += 1 }
        let letters = (word..<place).map { byte($0) | 0x20 }
        guard [Array("x".utf8), Array("ext".utf8), Array("extension".utf8)].contains(letters) else { return end }
        while byte(place) == 0x20 || byte(place) == UInt8(ascii: "."), place - word < 12 { place += 1 }
        guard let number = number(place, 6), !isAlphanumeric(number.end) else { return end }
        return number.end
    }
}
