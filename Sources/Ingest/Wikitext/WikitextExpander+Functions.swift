/// Rules that patterns cannot express.
extension WikitextExpander {
    mutating func call(_ function: TemplateRules.Function, _ parameter: [UInt8], _ span: Range<Int>) {
        switch function {
        case .convert: write(convert(span, abbreviated: !parameter.isEmpty))
        case .date: write(date(span))
        case .language: language(parameter, span)
        case .join: join(parameter, span)
        case .list:
            out.append(WikitextMark.paragraph)
            join([WikitextMark.paragraph], span)
            out.append(WikitextMark.paragraph)
        case .fraction: write(fraction(span))
        case .value: write(value(span))
        case .ship: write(ship(String(decoding: parameter, as: UTF8.self), span))
        case .number: write(Self.grouped(string(1, span)))
        case .asOf: write(asOf(span))
        case .lower: write(string(1, span).lowercased())
        case .upper: write(string(1, span).uppercased())
        case .capital:
            let text = string(1, span)
            write(text.prefix(1).uppercased() + text.dropFirst())
        case .if: choose(string(1, span).isEmpty ? 3 : 2, span)
        case .ifEqual: choose(string(1, span) == string(2, span) ? 3 : 4, span)
        case .choose: chooseCase(span)
        case .zh: write(chinese(span))
        case .marriage: write(marriage(span))
        }
    }

    /// Writes text that came out of a rule.
    private mutating func write(_ text: String) {
        out.append(contentsOf: text.utf8)
    }

    /// An argument's text by position.
    func has(_ name: String, _ span: Range<Int>) -> Bool { argument(.named(Array(name.utf8)), span) != nil }

    mutating func string(_ position: Int, _ span: Range<Int>) -> String {
        argument(.position(position), span).map { string($0) } ?? ""
    }

    mutating func string(_ name: String, _ span: Range<Int>) -> String {
        argument(.named(Array(name.utf8)), span).map { string($0) } ?? ""
    }

    /// An argument's text, without the marks meant for the layout.
    private mutating func string(_ argument: TemplateArgument) -> String {
        let mark = out.count
        render(argument.value, from: argument.first)
        let bytes = out[mark...].compactMap { byte -> UInt8? in
            switch byte {
            case 0x0A: 0x20
            case WikitextMark.apostrophe: 0x27
            default: byte < 0x20 ? nil : byte
            }
        }
        out.removeLast(out.count - mark)
        let text = String(decoding: bytes, as: UTF8.self)
        // Almost every value is a plain number.
        guard text.utf8.contains(where: { $0 == 0x27 || $0 == 0xC2 }) else { return text.trimmingBlanks() }
        return text.replacing("\u{A0}", with: " ").replacing("''", with: "").trimmingBlanks()
    }

    private mutating func choose(_ position: Int, _ span: Range<Int>) {
        if let argument = argument(.position(position), span) { _ = writeValue(argument) }
    }

    /// `{{#switch: value | a = x | b | c = y | default}}`.
    private mutating func chooseCase(_ span: Range<Int>) {
        let value = string(1, span)
        var fallback: TemplateArgument?
        var isReached = false
        for argument in arguments[span].dropFirst() {
            let key = String(decoding: source[argument.key], as: UTF8.self)
            if argument.position > 0, argument.key.isEmpty {
                fallback = argument
                if string(argument) == value { isReached = true }
            } else if isReached || key == value {
                _ = writeValue(argument)
                return
            } else if key == "#default" {
                fallback = argument
            }
        }
        if let fallback { _ = writeValue(fallback) }
    }

    /// `{{lang-fr|texte}}`: `French: texte`, unless the label is switched off.
    private mutating func language(_ parameter: [UInt8], _ span: Range<Int>) {
        let dash = name.firstIndex(of: UInt8(ascii: "-")).map { $0 + 1 } ?? 0
        var code = String(decoding: name[dash...], as: UTF8.self)
        if !parameter.isEmpty { code = String(decoding: parameter, as: UTF8.self) }
        let label = rules.languages[code] ?? code.split(separator: "-").first.flatMap { rules.languages[String($0)] }
        guard let text = argument(.position(1), span) ?? argument(.named(Array("text".utf8)), span) else { return }
        let mark = out.count
        if let label, string("label", span) != "none" { write(label + ": ") }
        if !writeValue(text) { out.removeLast(out.count - mark) }
    }

    /// All arguments by position, joined.
    private mutating func join(_ separator: [UInt8], _ span: Range<Int>) {
        var isFirst = true
        for index in span where arguments[index].position > 0 {
            let mark = out.count
            if !isFirst { out.append(contentsOf: separator) }
            if writeValue(arguments[index]) { isFirst = false } else { out.removeLast(out.count - mark) }
        }
    }

    /// `{{frac|a|b|c}}`: `a b/c`; `{{frac|b|c}}`: `b/c`; `{{frac|c}}`: `1/c`.
    private mutating func fraction(_ span: Range<Int>) -> String {
        let (first, second, third) = (string(1, span), string(2, span), string(3, span))
        if first.isEmpty { return "/" }
        if second.isEmpty { return "1/" + first }
        return third.isEmpty ? first + "/" + second : first + " " + second + "/" + third
    }

    /// `{{val|1.5|0.2|e=3|u=km}}`: `1.5±0.2×10^3 km`.
    private mutating func value(_ span: Range<Int>) -> String {
        var text = Self.grouped(string(1, span))
        let uncertainty = string(2, span)
        if !uncertainty.isEmpty {
            text += (uncertainty.hasPrefix("±") || uncertainty.hasPrefix("(") ? "" : "±") + uncertainty
        }
        let exponent = string("e", span)
        if !exponent.isEmpty { text += (text.isEmpty ? "10^" : "×10^") + Self.minus(exponent) }
        let unit = string("u", span) + string("ul", span)
        let divisor = string("up", span) + string("upl", span)
        if !unit.isEmpty { text += unit == "%" || unit == "°" ? unit : " " + unit }
        if !divisor.isEmpty { text += "/" + divisor }
        return string("p", span) + text + string("s", span)
    }

    /// `{{HMS|Name|number|format}}`.
    private mutating func ship(_ prefix: String, _ span: Range<Int>) -> String {
        let offset = prefix.isEmpty ? 1 : 0
        let prefix = prefix.isEmpty ? string(1, span) : prefix
        let (name, number, format) = (string(1 + offset, span), string(2 + offset, span), string(3 + offset, span))
        let whole = prefix.isEmpty ? name : prefix + " " + name
        switch format {
        case "1": return number.isEmpty ? whole : number
        case "2": return name
        case "3", "4", "6": return whole
        case "5": return number.isEmpty ? name : "\(name) (\(number))"
        default: return number.isEmpty ? whole : "\(whole) (\(number))"
        }
    }

    /// `{{zh|t=...|s=...|p=...}}` with its labels.
    private mutating func chinese(_ span: Range<Int>) -> String {
        let labels = [
            ("c", "Chinese"), ("t", "traditional Chinese"), ("s", "simplified Chinese"), ("p", "pinyin"),
            ("w", "Wade–Giles"),
            ("j", "Jyutping"), ("poj", "Pe̍h-ōe-jī"), ("l", "lit."), ("tr", "lit."),
        ]
        var parts: [String] = []
        for (key, label) in labels {
            let text = string(key, span)
            if !text.isEmpty { parts.append(label == "lit." ? "lit. '\(text)'" : "\(label): \(text)") }
        }
        return parts.isEmpty ? string(1, span) : parts.joined(separator: "; ")
    }

    /// `{{marriage|Name|1990|2000}}`.
    private mutating func marriage(_ span: Range<Int>) -> String {
        let (name, from, to) = (string(1, span), string(2, span), string(3, span))
        if from.isEmpty { return name }
        return to.isEmpty ? "\(name) (m. \(from))" : "\(name) (m. \(from)–\(to))"
    }

    /// A number with commas between groups of three digits; anything else unchanged.
    static func grouped(_ text: String) -> String {
        let text = minus(text)
        var digits = text[...]
        let sign = digits.hasPrefix("−") ? String(digits.removeFirst()) : ""
        let whole = digits.prefix { $0.isASCII && $0.isNumber }
        let rest = digits.dropFirst(whole.count)
        guard whole.count > 3, rest.isEmpty || rest.first == "." else { return text }
        var groups = ""
        for (offset, digit) in whole.enumerated() {
            if offset > 0, (whole.count - offset) % 3 == 0 { groups.append(",") }
            groups.append(digit)
        }
        return sign + groups + rest
    }

    /// A number with a true minus sign.
    static func minus(_ text: String) -> String {
        text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
}
