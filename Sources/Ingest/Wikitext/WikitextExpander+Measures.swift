/// Measurements and dates.
extension WikitextExpander {
    private static let joints: [String: String] = [
        "to": " to ", "-": "–", "–": "–", "and": " and ", "&": " and ", "and(-)": " and ", "or": " or ", "x": " by ",
        "by": " by ",
        "×": " × ", "*": " × ", "xx": " × ", "+/-": " ± ", "±": " ± ", "to about": " to about ", "to(-)": " to ",
        "+": " + ", ",": ", ",
        "until": " until ", "or(-)": " or ", "–-": "–", "et": " and ",
    ]

    /// `{{convert|value|unit|...}}`: the value as given, with its unit's name or symbol; a range keeps both its ends.
    /// What it is in the other unit is not worked out.
    mutating func convert(_ span: Range<Int>, abbreviated: Bool) -> String {
        var position = 1
        var text = Self.quantity(string(1, span))
        var last = string(1, span)
        guard !text.isEmpty else { return "" }
        while let joint = Self.joints[string(position + 1, span)], !string(position + 2, span).isEmpty {
            last = string(position + 2, span)
            text += joint + Self.quantity(last)
            position += 2
        }
        let abbreviation = string("abbr", span)
        let isShort = abbreviated && abbreviation != "off" || ["on", "in", "y", "yes", "values"].contains(abbreviation)
        let isAdjective = ["on", "mid", "1", "pre"].contains(string("adj", span))
        let isAmerican = string("sp", span) == "us"
        text += unit(
            string(position + 1, span), last, isShort: isShort, isAdjective: isAdjective, isAmerican: isAmerican)
        // Two parts of one measure, as in `5|ft|6|in`.
        let (value, unitCode) = (string(position + 2, span), string(position + 3, span))
        if Double(value) != nil, rules.units[unitCode] != nil {
            text += (isAdjective ? "-" : " ") + Self.quantity(value)
            text += unit(unitCode, value, isShort: isShort, isAdjective: isAdjective, isAmerican: isAmerican)
        }
        return text
    }

    private func unit(_ code: String, _ value: String, isShort: Bool, isAdjective: Bool, isAmerican: Bool) -> String {
        guard !code.isEmpty else { return "" }
        guard let unit = rules.units[code] else { return " " + code }
        if isShort { return unit.symbol.hasPrefix("°") && unit.symbol.count == 1 ? unit.symbol : " " + unit.symbol }
        let isOne = ["1", "-1", "−1"].contains(value) || (value.contains("/") && !value.contains("+"))
        var word = isOne || isAdjective ? unit.singular : unit.plural
        if isAmerican { word = word.replacing("metre", with: "meter").replacing("litre", with: "liter") }
        return (isAdjective && unit.symbol != word ? "-" : " ") + word.replacing(" ", with: isAdjective ? "-" : " ")
    }

    /// A value of a measurement: `5+1/2` reads `5 1/2`, large numbers get commas.
    private static func quantity(_ text: String) -> String {
        let text = text.replacing("//", with: "/")
        if let plus = text.firstIndex(of: "+"), text.contains("/") {
            return grouped(String(text[..<plus])) + " " + text[text.index(after: plus)...]
        }
        return grouped(text)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `{{birth date|year|month|day|df=y}}` and its kin: the date in words.
    mutating func date(_ span: Range<Int>) -> String {
        let (year, month, day) = (string(1, span), string(2, span), string(3, span))
        guard Int(year) != nil else { return year }
        let isDayFirst = ["y", "yes", "1", "true"].contains(string("df", span))
        return Self.date(year, month, day, isDayFirst: isDayFirst)
    }

    private static func date(_ year: String, _ month: String, _ day: String, isDayFirst: Bool) -> String {
        let name = Int(month).flatMap { (1...12).contains($0) ? months[$0 - 1] : nil } ?? month
        let day = Int(day).map(String.init) ?? ""
        if name.isEmpty { return year }
        if day.isEmpty { return name + " " + year }
        return isDayFirst ? "\(day) \(name) \(year)" : "\(name) \(day), \(year)"
    }

    /// `{{as of|2010|5}}`: `As of May 2010`.
    mutating func asOf(_ span: Range<Int>) -> String {
        let alternative = string("alt", span)
        if !alternative.isEmpty { return alternative }
        let (year, month, day) = (string(1, span), string(2, span), string(3, span))
        let isAmerican = string("df", span).lowercased() == "us"
        let date = Self.date(year, month, day, isDayFirst: !isAmerican)
        if has("bare", span) { return date }
        let isLower = !string("lc", span).isEmpty
        let word = has("since", span) ? (isLower ? "since" : "Since") : isLower ? "as of" : "As of"
        return (word + " " + date).trimmingBlanks() + string("post", span)
    }
}
