/// Numbers of records: by the word before them, or by a form with a check.
extension PrivacyPass {
    /// A record number after a keyword: three digits or more among letters, digits and what joins them.
    mutating func noteRecord(_ start: Int) -> Bool {
        guard follows(recordArmed, start) else { return false }
        if let end = docketEnd(start) {
            note(start..<end, .record)
            return true
        }
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
        // What was announced is here; another number needs a word of its own.
        recordHeadEnd = -1000
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

    /// A docket number as German courts write it: `4 O 217/17`, `VI ZR 137/09`, `S 12 KR 345/19`.
    private func docketEnd(_ start: Int) -> Int? {
        var place = start
        if isCapital(place), byte(place + 1) == 0x20 { place += 2 }
        let chamber = place
        while place - chamber < 6, isDigit(place) || isCapital(place) { place += 1 }
        guard place > chamber, byte(place) == 0x20 else { return nil }
        let register = place + 1
        place = register
        while place - register < 6, isLetter(place) { place += 1 }
        guard isCapital(register), byte(place) == 0x20, let serial = number(place + 1, 6),
            byte(serial.end) == UInt8(ascii: "/"), let year = number(serial.end + 1, 4), !isAlphanumeric(year.end)
        else { return nil }
        return [2, 4].contains(year.end - serial.end - 1) ? year.end : nil
    }

    /// An Italian tax code, `RSSMRA85T10A562S`, whose last letter is the right check of the others.
    mutating func noteTaxCode(_ start: Int, _ wordEnd: Int) -> Bool {
        let letters: Set = [0, 1, 2, 3, 4, 5, 8, 11, 15]
        guard wordEnd - start == 16, !isAlphanumeric(start - 1),
            (0..<16).allSatisfy({ letters.contains($0) ? isCapital(start + $0) : isDigit(start + $0) })
        else { return false }
        let odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
        var sum = 0
        for index in 0..<15 {
            let value = Int(byte(start + index)) - (isDigit(start + index) ? 0x30 : 0x41)
            sum += index.isMultiple(of: 2) ? odd[value] : value
        }
        guard Int(byte(start + 15)) - 0x41 == sum % 26 else { return false }
        note(start..<wordEnd, .record)
        return true
    }
}
