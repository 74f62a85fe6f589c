/// Measurements and dates.
extension WikitextExpander {
    /// Words between the values of a range, and how they read: in full, and where units are short.
    private static let joints: [String: (full: String, short: String)] = [
        "to": (" to ", " to "), "-": ("–", "–"), "–": ("–", "–"), "and": (" and ", " and "), "&": (" and ", " and "),
        "and(-)": (" and ", "–"), "or": (" or ", " or "), "x": (" by ", " × "), "by": (" by ", " by "),
        "×": (" × ", " × "), "*": (" × ", " × "), "xx": (" × ", " × "), "+/-": (" ± ", " ± "), "±": (" ± ", " ± "),
        "to about": (" to about ", " to about "), "to(-)": (" to ", "–"), "+": (" + ", " + "), ",": (", ", ", "),
        "until": (" until ", " until "), "or(-)": (" or ", "–"), "–-": ("–", "–"), "et": (" and ", " and "),
        "to-": (" to ", "–"), "and-": (" and ", "–"),
    ]

    /// `{{convert|value|unit|...}}`: the value with its unit's name or symbol, and what it is in other units.
    mutating func convert(_ span: Range<Int>, abbreviated: Bool) -> String {
        var words: [String] = []
        for position in 1... {
            guard argument(.position(position), span) != nil, position < 20 else { break }
            words.append(string(position, span))
        }
        guard let first = words.first, !first.isEmpty else { return "" }
        var measure = Measure(values: [Conversion.Value(first)])
        var rest = words.dropFirst()
        while let word = rest.first, let joint = Self.joints[word], let next = rest.dropFirst().first, !next.isEmpty {
            measure.joints.append((joint.full, joint.short, word == "x"))
            measure.values.append(Conversion.Value(next))
            rest = rest.dropFirst(2)
        }
        splitRange(&measure)
        let code = rest.popFirst() ?? ""
        measure.abbreviation = string("abbr", span)
        if abbreviated, measure.abbreviation.isEmpty { measure.abbreviation = "on" }
        measure.adjective = string("adj", span)
        measure.isAmerican = string("sp", span) == "us"
        measure.display = string("disp", span)
        measure.isFlipped = string("order", span) == "flip" || measure.display == "flip"
        measure.grouped = string("comma", span) != "off"
        let spelling = string("spell", span)
        measure.spelling = (
            !spelling.isEmpty, spelling.lowercased() == "on", spelling.hasPrefix("I") || spelling.hasPrefix("O")
        )
        guard let unit = MeasurementUnit.find(code, rules.units) else {
            return measure.shown(0) + (code.isEmpty ? "" : " " + code)
        }
        measure.unit = unit
        // Two parts of one measure, as in `5|ft|6|in`.
        if let value = rest.first, let number = value.decimalNumber, let sub = rest.dropFirst().first,
            let subunit = rules.units[sub], measure.values.count == 1
        {
            measure.second = (Conversion.Value(value), number, subunit)
            rest = rest.dropFirst(2)
        }
        var outputs = ""
        if let word = rest.first, word.wholeNumber == nil || rules.units[word] != nil {
            outputs = word
            rest = rest.dropFirst()
        }
        var conversion = Conversion(input: unit)
        if let digits = rest.first.flatMap({ $0.wholeNumber }) {
            conversion.precision = digits
            rest = rest.dropFirst()
        }
        if ["mid", "pre"].contains(measure.adjective) { measure.middle = rest.popFirst() ?? "" }
        if ["x", "preunit"].contains(measure.display) {
            measure.framing = framing(after: words.count - rest.count, span, isPreUnit: measure.display == "preunit")
        }
        conversion.significant = string("sigfig", span).wholeNumber.flatMap { $0 > 0 ? $0 : nil }
        conversion.multiple = string("round", span).decimalNumber
        conversion.grouped = measure.grouped
        if measure.spelling.output, conversion.significant == nil, conversion.precision == nil {
            conversion.isWhole = true
        }
        return measure.text(conversion, outputs: outputs, rules.units)
    }

    /// The words of `disp=x|before|after`, with the blanks that they are written with.
    private func framing(after position: Int, _ span: Range<Int>, isPreUnit: Bool) -> (before: String, after: String) {
        let texts = (1...2).map { offset -> String in
            guard let argument = argument(.position(position + offset), span) else { return "" }
            var (start, end) = (argument.value.lowerBound, argument.value.upperBound)
            while start > 0, source[start - 1].isBlank { start -= 1 }
            while end < source.count, source[end].isBlank { end += 1 }
            return HTMLEntities.decoded(String(decoding: source[start..<end], as: UTF8.self))
        }
        if isPreUnit { return (texts[0].trimmingBlanks(), (texts[1].isEmpty ? texts[0] : texts[1]).trimmingBlanks()) }
        return (texts[0], texts[1])
    }

    /// `10-20` and the like in one argument.
    private func splitRange(_ measure: inout Measure) {
        let text = measure.values[0].text
        guard measure.values.count == 1, !text.contains("/"),
            let dash = text.dropFirst().firstIndex(where: { $0 == "–" || $0 == "-" }),
            text[..<dash].swapping(",", for: "").decimalNumber != nil,
            text[text.index(after: dash)...].swapping(",", for: "").decimalNumber != nil
        else { return }
        measure.values = [
            Conversion.Value(String(text[..<dash])), Conversion.Value(String(text[text.index(after: dash)...])),
        ]
        measure.joints = [("–", "–", false)]
    }

    private static let months = CalendarDate.months

    /// `{{birth date|year|month|day|df=y}}` and its kin: the date in words.
    mutating func date(_ span: Range<Int>) -> String {
        let (year, month, day) = (string(1, span), string(2, span), string(3, span))
        guard year.wholeNumber != nil else { return year }
        let isDayFirst = ["y", "yes", "1", "true"].contains(string("df", span)) || string("format", span) == "dmy"
        return Self.date(year, month, day, isDayFirst: isDayFirst)
    }

    private static func date(_ year: String, _ month: String, _ day: String, isDayFirst: Bool) -> String {
        let name = month.wholeNumber.flatMap { (1...12).contains($0) ? months[$0 - 1] : nil } ?? month
        let day = day.wholeNumber.map(String.init) ?? ""
        if name.isEmpty { return year }
        if day.isEmpty { return name + " " + year }
        return isDayFirst ? "\(day) \(name) \(year)" : "\(name) \(day), \(year)"
    }

    /// `{{death date and age|1955|4|18|1879|3|14}}`: `April 18, 1955 (aged 76)`.
    mutating func aged(isYears: Bool, _ span: Range<Int>) -> String {
        if isYears {
            guard let death = string(1, span).wholeNumber, let birth = string(2, span).wholeNumber else {
                return string(1, span)
            }
            let month =
                string(3, span).wholeNumber.flatMap { (1...12).contains($0) ? Self.months[$0 - 1] + " " : nil } ?? ""
            return "\(month)\(death) (aged \(death - birth - 1)–\(death - birth))"
        }
        if let death = CalendarDate(string(1, span)), let birth = CalendarDate(string(2, span)) {
            let isBefore = (death.month, death.day ?? 0) < (birth.month, birth.day ?? 0)
            return "\(string(1, span)) (aged \(death.year - birth.year - (isBefore ? 1 : 0)))"
        }
        let text = date(span)
        let numbers = (1...6).map { string($0, span).wholeNumber }
        guard let death = numbers[0], let birth = numbers[3] else { return text }
        let isBefore =
            (numbers[1] ?? 0) < (numbers[4] ?? 0)
            || ((numbers[1] ?? 0) == (numbers[4] ?? 0) && (numbers[2] ?? 0) < (numbers[5] ?? 0))
        return "\(text) (aged \(death - birth - (isBefore ? 1 : 0)))"
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
