/// Centuries as the French Wikipedia writes them.
extension WikitextExpander {
    /// `{{s|XIX}}`, `{{s|XIX|e}}`: `XIXe siècle`; nothing without a numeral, since other wikis have that name for notes on
    /// the state of a page.
    ///
    /// The form is `s` for one century, `s2` for two, `sp` for a span; a dash before it puts them before Christ, `n` leaves
    /// the word out.
    mutating func century(_ form: String, _ span: Range<Int>) -> String {
        var words: [String] = []
        var isNumeralLast = false
        for index in span where arguments[index].position > 0 {
            let text = string(arguments[index])
            if text.isEmpty { continue }
            if isNumeralLast, ["e", "er", "ère", "ème", "nd", "d"].contains(text) {
                words[words.count - 1] += text
                isNumeralLast = false
                continue
            }
            if isNumeralLast { words[words.count - 1] += Self.ending(words[words.count - 1]) }
            isNumeralLast = Self.isRoman(text)
            words.append(text)
        }
        if isNumeralLast { words[words.count - 1] += Self.ending(words[words.count - 1]) }
        guard let first = words.first?.utf8.first, Self.isRoman(String(Unicode.Scalar(first))) else {
            return ""
        }
        let isTwo = form.hasSuffix("s2")
        let joined = words.joined(separator: isTwo ? " et " : " ")
        if joined.contains("siècle") || form == "n" { return joined }
        return joined + (isTwo ? " siècles" : " siècle") + (form.hasPrefix("-") ? " av. J.-C." : "")
    }

    private static func isRoman(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { "IVXLC".utf8.contains($0) }
    }

    private static func ending(_ numeral: String) -> String { numeral == "I" ? "er" : "e" }
}
