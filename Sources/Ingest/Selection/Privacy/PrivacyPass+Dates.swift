extension PrivacyPass {
    private static let years = 1800...2099

    /// A date that begins with a digit.
    mutating func noteDate(_ start: Int) -> Bool {
        guard let first = number(start, 4) else { return false }
        let end =
            first.end - start == 4 && Self.years.contains(first.value)
            ? yearFirst(first.end) : first.end - start <= 2 ? dayFirst(first, start) : nil
        guard let end else { return false }
        note(start..<end, .date)
        return true
    }

    /// `-03-12`, `/3/12`, `.03.12` or `年3月12日` behind a year.
    private func yearFirst(_ place: Int) -> Int? {
        let separator = byte(place)
        if separator == 0xE5 { return chineseEnd(place) }
        guard [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(separator),
            let month = number(place + 1, 2), (1...12).contains(month.value), byte(month.end) == separator,
            let day = number(month.end + 1, 2), (1...31).contains(day.value)
        else { return nil }
        let isTime = byte(day.end) == UInt8(ascii: "T") && isDigit(day.end + 1)
        return isTime || ends(day.end) ? day.end : nil
    }

    /// The characters for year, month and day.
    private func chineseEnd(_ place: Int) -> Int? {
        func isAt(_ place: Int, _ character: String) -> Bool {
            character.utf8.enumerated().allSatisfy { byte(place + $0.offset) == $0.element }
        }
        guard isAt(place, "年"), let month = number(place + 3, 2), (1...12).contains(month.value),
            isAt(month.end, "月"), let day = number(month.end + 3, 2), (1...31).contains(day.value),
            isAt(day.end, "日")
        else { return nil }
        return day.end + 3
    }

    /// `02.05. bis 09.05.2020`: the day and month with which a span of days begins.
    private func spanBegin(_ first: (value: Int, end: Int)) -> Int? {
        guard byte(first.end) == UInt8(ascii: "."), let month = number(first.end + 1, 2),
            (1...12).contains(month.value), byte(month.end) == UInt8(ascii: ".")
        else { return nil }
        var place = month.end + 1
        // A dash of U+2013 or a short one, or `bis` with perhaps `zum`.
        while byte(place) == 0x20, place - month.end < 3 { place += 1 }
        if byte(place) == UInt8(ascii: "-") {
            place += 1
        } else if byte(place) == 0xE2, byte(place + 1) == 0x80, byte(place + 2) == 0x93 {
            place += 3
        } else {
            guard isWord("bis", place) else { return nil }
            place += 3
            if isWord("zum", place + 1) { place += 4 }
        }
        if byte(place) == 0x20 { place += 1 }
        guard let day = number(place, 2), (1...31).contains(day.value), byte(day.end) == UInt8(ascii: "."),
            let last = number(day.end + 1, 2), (1...12).contains(last.value), byte(last.end) == UInt8(ascii: ".")
        else { return nil }
        return month.end + 1
    }

    private func isWord(_ word: StaticString, _ place: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        return (0..<count).allSatisfy { byte(place + $0) == word.utf8Start[$0] } && !isLetter(place + count)
    }

    /// `12/03/2020`, `3/12/20`, `12.03.20`, `12 March 2020`, `1er mars`, `12 de marzo de 2020`.
    private func dayFirst(_ first: (value: Int, end: Int), _ start: Int) -> Int? {
        guard (1...31).contains(first.value) else { return nil }
        let separator = byte(first.end)
        if [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(separator),
            let second = number(first.end + 1, 2), byte(second.end) == separator,
            let year = number(second.end + 1, 4)
        {
            return isNumericDate(first, second, year, separator, start) ? year.end : nil
        }
        return spanBegin(first) ?? dayAndMonth(first.end)
    }

    private func isNumericDate(
        _ first: (value: Int, end: Int), _ second: (value: Int, end: Int), _ year: (value: Int, end: Int),
        _ separator: UInt8, _ start: Int
    ) -> Bool {
        guard (1...31).contains(second.value), first.value <= 12 || second.value <= 12, ends(year.end) else {
            return false
        }
        switch year.end - second.end {
        case 5: return Self.years.contains(year.value)
        // Two digits of a year: code numbers look like that with dashes, and with stops and single digits.
        case 3:
            let isPadded = first.end - start == 2 && second.end - first.end == 3
            return separator == UInt8(ascii: "/") || separator == UInt8(ascii: ".") && isPadded
        default: return false
        }
    }

    /// The end of a month's name, and perhaps a year, behind a day's number.
    private func dayAndMonth(_ dayEnd: Int) -> Int? {
        var place = dayEnd
        // st, nd, rd, th, er; the ordinal's stop.
        if isLetter(place), isLetter(place + 1), !isAlphanumeric(place + 2) { place += 2 }
        if byte(place) == UInt8(ascii: ".") { place += 1 }
        guard byte(place) == 0x20 || byte(place) == UInt8(ascii: "-") else { return nil }
        place += 1
        for _ in 0..<2 {
            var end = place
            while end - place < 24, isLetter(end) || byte(end) >= 0x80 { end += 1 }
            guard end > place else { return nil }
            let meaning = keywords.meaning(text, place..<end)
            if meaning.contains(.month) || meaning.contains(.englishMonth) && isCapital(place) { return yearEnd(end) }
            // `of` and `de` may stand between.
            let isJoint = end - place == 2 && [0x6F, 0x64].contains(byte(place) | 0x20) && byte(end) == 0x20
            guard isJoint else { return nil }
            place = end + 1
        }
        return nil
    }

    /// The end of a year behind a month or a day, else the place itself.
    private func yearEnd(_ place: Int) -> Int? {
        if isAlphanumeric(place) { return nil }
        var next = place
        if byte(next) == UInt8(ascii: ".") || byte(next) == UInt8(ascii: ",") { next += 1 }
        guard byte(next) == 0x20 || byte(next) == UInt8(ascii: "-") else { return place }
        next += 1
        for joint in ["de ", "del "] where joint.utf8.enumerated().allSatisfy({ byte(next + $0.offset) == $0.element })
        {
            next += joint.utf8.count
            break
        }
        guard let year = number(next, 4), year.end - next == 4, Self.years.contains(year.value),
            !isAlphanumeric(year.end)
        else { return place }
        return year.end
    }

    /// `March 12, 2020`, `March 12th`, `March 2020` behind the month's name.
    mutating func noteMonthFirst(_ month: Range<Int>) {
        var place = month.upperBound
        if byte(place) == UInt8(ascii: ".") { place += 1 }
        if byte(place) == UInt8(ascii: ",") { place += 1 }
        guard byte(place) == 0x20, let number = number(place + 1, 4) else { return }
        if number.end - place == 5, Self.years.contains(number.value), !isAlphanumeric(number.end) {
            note(month.lowerBound..<number.end, .date)
            return
        }
        guard number.end - place <= 3, (1...31).contains(number.value) else { return }
        var end = number.end
        if isLetter(end), isLetter(end + 1), !isAlphanumeric(end + 2) { end += 2 }
        guard !isAlphanumeric(end), byte(end) != UInt8(ascii: "%"), let whole = yearEnd(end) else { return }
        if whole == end, byte(end) == UInt8(ascii: ".") || byte(end) == UInt8(ascii: "-"), isDigit(end + 1) { return }
        note(month.lowerBound..<whole, .date)
    }
}
