/// Rules on single words, quotations and references in running text.
extension WikitextExpander {
    /// `5` as `5th`.
    static func ordinal(_ text: String) -> String {
        let digits = text.swapping(",", for: "").drop { $0 == "-" || $0 == "−" || $0 == "+" }
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit), let tens = digits.suffix(2).wholeNumber else {
            return text
        }
        let ending = (11...13).contains(tens) ? "th" : [1: "st", 2: "nd", 3: "rd"][tens % 10] ?? "th"
        return text + ending
    }

    /// `{{label|en|law|dated}}`: `(law, dated)`; `_` joins what stands around it.
    mutating func context(from first: Int, _ span: Range<Int>) -> String {
        var words: [String] = []
        var isJoined = false
        for index in span where arguments[index].position >= first {
            let text = string(arguments[index])
            if text == "_" {
                isJoined = true
            } else if !text.isEmpty {
                if isJoined, let last = words.popLast() { words.append("\(last) \(text)") } else { words.append(text) }
                isJoined = false
            }
        }
        return words.isEmpty ? "" : "(\(words.joined(separator: ", ")))"
    }

    /// `{{sic|text}}`: `text [sic]`, unless the mark is hidden.
    mutating func sic(_ span: Range<Int>) -> String {
        let text = string(1, span) + string(2, span)
        let isHidden = ["y", "yes"].contains(string("hide", span))
        if text.isEmpty { return isHidden ? "" : "[sic]" }
        return isHidden ? text : text + " [sic]"
    }

    /// `{{harvtxt|Smith|Jones|2004|p=5}}`: `Smith & Jones (2004, p. 5)`.
    mutating func harvard(_ style: String, _ span: Range<Int>) -> String {
        var parts: [String] = []
        for position in 1...5 where argument(.position(position), span) != nil { parts.append(string(position, span)) }
        guard let year = parts.popLast() else { return "" }
        let names: String
        switch parts.count {
        case 0...2: names = parts.joined(separator: " & ")
        case 3: names = "\(parts[0]), \(parts[1]) & \(parts[2])"
        default: names = "\(parts[0]) et al."
        }
        let (page, pages, place) = (string("p", span), string("pp", span), string("loc", span))
        var place2 = page.isEmpty ? pages.isEmpty ? "" : ", pp. \(pages)" : ", p. \(page)"
        if !place.isEmpty { place2 += ", \(place)" }
        switch style {
        case "text": return "\(names) (\(year)\(place2))"
        case "brackets": return "(\(names) \(year)\(place2))"
        default: return "\(names) \(year)\(place2)"
        }
    }

    /// `flat=♭;sharp=♯`: what the text is mapped to, or the text.
    func mapped(_ pairs: String, _ text: String) -> String {
        for pair in pairs.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == text { return String(parts[1]) }
        }
        return text
    }

    /// `{{quote|text|author|source}}`: the text as paragraphs, or each line of it, then who said it and where.
    mutating func quotation(asLines: Bool, _ span: Range<Int>) {
        let mark = out.count
        out.append(contentsOf: [WikitextMark.paragraph, 0x0A])
        if asLines { out.append(WikitextMark.poemOpen) }
        let keys = ["text", "quote", "texto", "texte", "testo"].map { TemplateRules.Key.named(Array($0.utf8)) }
        let text = ([.position(1)] + keys).compactMap { argument($0, span) }.first
        guard let text, writeValue(text) else { return out.removeLast(out.count - mark) }
        if asLines { out.append(WikitextMark.poemClose) }
        out.append(contentsOf: [WikitextMark.paragraph, 0x0A])
        let start = out.count
        writePart(["author", "sign", "by", "autor", "auteur"], 2, after: start, span)
        writePart(["title", "work", "oeuvre"], 3, after: start, span)
        writePart(["source", "quelle"], 4, after: start, span)
        if out.count > start { out.append(contentsOf: [WikitextMark.paragraph, 0x0A]) }
    }

    /// One of the parts of the line below a quotation, which begins at `start`.
    private mutating func writePart(_ names: [String], _ position: Int, after start: Int, _ span: Range<Int>) {
        let mark = out.count
        out.append(contentsOf: (mark == start ? "— " : ", ").utf8)
        if !writeOne(names, position, span) { out.removeLast(out.count - mark) }
    }

    private mutating func writeOne(_ names: [String], _ position: Int, _ span: Range<Int>) -> Bool {
        for name in names {
            if let value = argument(.named(Array(name.utf8)), span), writeValue(value) { return true }
        }
        return argument(.position(position), span).map { writeValue($0) } ?? false
    }

    /// `{{percentage|1|4}}`: `25%`.
    mutating func percentage(_ span: Range<Int>) -> String {
        let (part, whole) = (string(1, span).swapping(",", for: ""), string(2, span).swapping(",", for: ""))
        guard let part = part.decimalNumber else { return string(1, span) }
        guard let whole = whole.decimalNumber, (100 * part / whole).isFinite else { return "\(string(1, span))%" }
        return Conversion.fixed(100 * part / whole, string(3, span).wholeNumber ?? 0, grouped: false) + "%"
    }

    /// `{{unité|1234.5|km}}`: `1 234,5 km`.
    mutating func spacedNumber(_ span: Range<Int>) -> String {
        let text = Self.grouped(string(1, span)).swapping(",", for: " ").swapping(".", for: ",")
        let unit = string(2, span)
        let exponent = string("e", span)
        return text + (exponent.isEmpty ? "" : " × 10\(exponent)") + (unit.isEmpty ? "" : " " + unit)
    }

    /// `{{height|ft=5|in=6}}`: `5 ft 6 in (1.68 m)`.
    mutating func height(_ span: Range<Int>) -> String {
        guard let metre = rules.units["m"], let foot = rules.units["ft"], let inch = rules.units["in"] else {
            return ""
        }
        let (feet, inches) = (string("ft", span), string("in", span))
        if !feet.isEmpty {
            var measure = Measure(values: [Conversion.Value(feet)])
            measure.unit = foot
            measure.abbreviation = "on"
            if let number = inches.decimalNumber { measure.second = (Conversion.Value(inches), number, inch) }
            return measure.text(Conversion(input: foot, precision: 2), outputs: "m", rules.units)
        }
        let (metres, centimetres) = (string("m", span), string("cm", span))
        let isMetres = !metres.isEmpty
        guard isMetres || !centimetres.isEmpty, let unit = isMetres ? metre : rules.units["cm"] else { return "" }
        var measure = Measure(values: [Conversion.Value(isMetres ? metres : centimetres)])
        measure.unit = unit
        measure.abbreviation = "on"
        return measure.text(Conversion(input: unit), outputs: "ftin", rules.units)
    }
}
