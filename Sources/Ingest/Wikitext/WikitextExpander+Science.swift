/// Rules on formulas and addresses.
extension WikitextExpander {
    /// `{{chem2|SO4(2-)}}`: `SO42−`, charges and counts being raised and lowered; `\d` and `\t` are bonds.
    mutating func chemical(_ span: Range<Int>) -> String {
        let text = string(1, span).swapping("\\d", for: "=").swapping("\\t", for: "≡").swapping("\\s", for: "–")
            .swapping("->", for: "→").swapping("*", for: "·")
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "(") {
            let inside = rest[rest.index(after: open)...].prefix { $0 != ")" }
            result += rest[..<open]
            rest = rest[inside.endIndex...].dropFirst()
            let sign = inside.last.map(String.init) ?? ""
            if ["+", "-", "−"].contains(sign), inside.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }) {
                result += inside.dropLast() + (sign == "+" ? "+" : "−")
            } else {
                result += "(\(inside))"
            }
        }
        return result + rest
    }

    /// `{{URL|http://example.org/}}`: `example.org`, or the text for it.
    mutating func shownAddress(_ span: Range<Int>) -> String {
        let text = string(2, span)
        if !text.isEmpty { return text }
        var address = string(1, span)[...]
        for scheme in ["http://", "https://", "//"] where address.lowercased().hasPrefix(scheme) {
            address = address.dropFirst(scheme.count)
        }
        return address.hasSuffix("/") ? String(address.dropLast()) : String(address)
    }

    /// `{{korean|hangul=서울|rr=Seoul}}`: `Korean: 서울; RR: Seoul`.
    mutating func korean(_ span: Range<Int>) -> String {
        let labels = [("hangul", "Korean"), ("hanja", "Hanja"), ("rr", "RR"), ("mr", "MR")]
        let isBare = string("labels", span) == "no"
        var parts: [String] = []
        for (position, (key, label)) in labels.enumerated() {
            let named = string(key, span)
            let text = named.isEmpty ? string(position + 1, span) : named
            if !text.isEmpty { parts.append(isBare ? text : "\(label): \(text)") }
        }
        let meaning = string("lit", span)
        if !meaning.isEmpty { parts.append("lit. '\(meaning)'") }
        return parts.joined(separator: "; ")
    }

    /// `{{age|1900|1|2|1950|12|31}}`: `50`; nothing where it depends on today.
    mutating func age(_ span: Range<Int>) -> String {
        let numbers = (1...6).map { string($0, span).wholeNumber }
        guard let birth = numbers[0], let death = numbers[3] else { return "" }
        let isBefore = ((numbers[4] ?? 0), (numbers[5] ?? 0)) < ((numbers[1] ?? 0), (numbers[2] ?? 0))
        return String(death - birth - (isBefore ? 1 : 0))
    }
}
