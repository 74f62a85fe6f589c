extension PrivacyPass {
    /// `@`: a mail address if a name stands before it and a host behind it.
    mutating func readAt() {
        let sign = at
        at += 1
        var start = sign
        while start > floor, sign - start < 64, isLocal(start - 1) { start -= 1 }
        while start < sign, !isAlphanumeric(start), byte(start) < 0x80 { start += 1 }
        guard start < sign, byte(sign - 1) != UInt8(ascii: "."), let end = hostEnd(sign + 1) else { return }
        // Record and address details found inside the name belong to the address.
        note(start..<end, .email)
    }

    private func isLocal(_ at: Int) -> Bool {
        switch byte(at) {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "'"):
            true
        default: isAlphanumeric(at) || isWideLetter(at)
        }
    }

    /// A byte of a letter beyond ASCII, or of a mark that looks like one; dashes and quotation marks are not.
    private func isWideLetter(_ at: Int) -> Bool {
        byte(at) >= 0x80 && byte(at) != 0xE2 && !(byte(at - 1) == 0xE2 || byte(at - 2) == 0xE2)
    }

    /// The end of a host's name, two labels or more, the last of letters; nil when there is none.
    private func hostEnd(_ start: Int) -> Int? {
        var (place, label, labels) = (start, start, 0)
        var end: Int?
        while place - start < 255 {
            if isAlphanumeric(place) || byte(place) == UInt8(ascii: "-") || isWideLetter(place) {
                place += 1
                continue
            }
            let size = place - label
            guard size > 0, size < 64, byte(label) != UInt8(ascii: "-") else { break }
            labels += 1
            if labels > 1, size > 1, (label..<place).allSatisfy({ isLetter($0) }) || isPunycode(label) { end = place }
            guard byte(place) == UInt8(ascii: "."), isAlphanumeric(place + 1) else { break }
            place += 1
            label = place
        }
        return end
    }

    private func isPunycode(_ label: Int) -> Bool {
        byte(label) | 0x20 == UInt8(ascii: "x") && byte(label + 1) | 0x20 == UInt8(ascii: "n")
            && byte(label + 2) == UInt8(ascii: "-") && byte(label + 3) == UInt8(ascii: "-")
    }

    /// A web address that begins with a scheme.
    mutating func noteURL(_ start: Int, scheme end: Int) -> Bool {
        guard byte(end + 1) == UInt8(ascii: "/"), byte(end + 2) == UInt8(ascii: "/") else { return false }
        let scheme = (start..<min(end, start + 6)).map { byte($0) | 0x20 }
        guard ["http", "https", "ftp"].contains(where: { scheme.elementsEqual($0.utf8) }) else { return false }
        guard byte(end + 3) > 0x20 else { return false }
        note(start..<addressEnd(end + 3), .url)
        return true
    }

    /// A web address that begins with `www.`.
    mutating func noteWebHost(_ start: Int) -> Bool {
        guard (start..<start + 3).allSatisfy({ byte($0) | 0x20 == UInt8(ascii: "w") }), hostEnd(start) != nil else {
            return false
        }
        note(start..<addressEnd(start), .url)
        return true
    }

    /// A web address ends before a space, a quotation mark or an angle bracket, and before punctuation at its end.
    private func addressEnd(_ start: Int) -> Int {
        var end = start
        var depth = 0
        scan: while end < text.count {
            switch text[end] {
            case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), 0x7F: break scan
            case 0xE2, 0xE3: break scan
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                if depth == 0 { break scan }
                depth -= 1
            default: break
            }
            end += 1
        }
        while end > start, ".,;:!?'])".utf8.contains(text[end - 1]) {
            if text[end - 1] == UInt8(ascii: ")"), text[start..<end].contains(UInt8(ascii: "(")) { break }
            end -= 1
        }
        return end
    }

    /// An internet address of version 4; headings and sections are numbered in the same way.
    mutating func noteAddress4(_ start: Int) -> Bool {
        var (place, largest) = (start, 0)
        for part in 0..<4 {
            guard let octet = number(place, 3), octet.value <= 255, byte(place) != 0x30 || octet.end == place + 1 else {
                return false
            }
            largest = max(largest, octet.value)
            place = octet.end
            if part < 3 {
                guard byte(place) == UInt8(ascii: "."), isDigit(place + 1) else { return false }
                place += 1
            }
        }
        let isPort = byte(place) == UInt8(ascii: ":") || byte(place) == UInt8(ascii: "/")
        guard isPort || ends(place), largest >= 10 || largest == 8 || isNamedAddress(start) else { return false }
        // At a line's start it is a heading's number unless it cannot be one.
        if start == 0 || byte(start - 1) == 0x0A, largest < 100 { return false }
        note(start..<place, .ip)
        return true
    }

    /// Whether `IP` or `address` stands before.
    private func isNamedAddress(_ start: Int) -> Bool {
        guard byte(start - 1) == 0x20 || byte(start - 1) == UInt8(ascii: ":") else { return false }
        let last = byte(start - 2) == UInt8(ascii: ":") ? start - 3 : start - 2
        return byte(last) | 0x20 == UInt8(ascii: "p") && byte(last - 1) | 0x20 == UInt8(ascii: "i")
            || byte(last) == UInt8(ascii: "s") && byte(last - 1) == UInt8(ascii: "s")
    }

    /// `::`: an internet address of version 6 may begin so.
    mutating func readColon() {
        if byte(at + 1) == UInt8(ascii: ":"), !isAlphanumeric(at - 1), noteAddress6(at) { return }
        at += 1
    }

    /// An internet address of version 6: eight groups of up to four hexadecimal digits, or fewer with one `::`.
    mutating func noteAddress6(_ start: Int) -> Bool {
        guard !isAlphanumeric(start - 1), byte(start - 1) != UInt8(ascii: ":") else { return false }
        var (place, groups, gaps, hasDigit) = (start, 0, 0, false)
        while place - start < 40 {
            var end = place
            while end - place < 5, isHexadecimal(end) {
                if isDigit(end) { hasDigit = true }
                end += 1
            }
            guard end - place < 5 else { return false }
            if end > place { groups += 1 }
            place = end
            guard byte(place) == UInt8(ascii: ":") else { break }
            if byte(place + 1) == UInt8(ascii: ":") {
                gaps += 1
                place += 2
                if byte(place) == UInt8(ascii: ":") { return false }
            } else {
                guard isHexadecimal(place + 1) else { break }
                place += 1
            }
        }
        let isWhole = gaps == 0 ? groups == 8 : gaps == 1 && groups >= 1 && groups < 8 && hasDigit
        guard isWhole, !isAlphanumeric(place) else { return false }
        note(start..<place, .ip)
        return true
    }

    private func isHexadecimal(_ at: Int) -> Bool {
        isDigit(at) || byte(at) | 0x20 >= UInt8(ascii: "a") && byte(at) | 0x20 <= UInt8(ascii: "f")
    }
}
