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
        case .fraction: write(fraction(parameter.isEmpty ? "/" : String(decoding: parameter, as: UTF8.self), span))
        case .value: write(value(span))
        case .ship: write(ship(String(decoding: parameter, as: UTF8.self), span))
        case .number: write(String(decoding: parameter, as: UTF8.self) + Self.grouped(string(1, span)))
        case .asOf: write(asOf(span))
        case .lower: write(string(whole: 1, span).lowercased())
        case .upper: write(string(whole: 1, span).uppercased())
        case .capital:
            let text = string(whole: 1, span)
            write(text.prefix(1).uppercased() + text.dropFirst())
        case .if: choose(isBlank(argument(whole: 1, span)) ? 3 : 2, span)
        case .ifEqual: choose(Self.isEqual(string(whole: 1, span), string(whole: 2, span)) ? 3 : 4, span)
        case .ifExpression: choose(expression(span).map { $0 != 0 } ?? false ? 2 : 3, span)
        case .expression: write(expression(span).map(Expression.text) ?? "")
        case .ifError: chooseByError(span)
        case .whole: choose(String(decoding: parameter, as: UTF8.self).wholeNumber ?? 1, span)
        case .choose: chooseCase(span)
        case .lowerFirst:
            let text = string(whole: 1, span)
            write(text.prefix(1).lowercased() + text.dropFirst())
        case .formatNumber:
            let text = string(whole: 1, span)
            switch string(whole: 2, span).uppercased() {
            case "R": write(text.swapping(",", for: ""))
            case "NOSEP": write(text)
            default: write(Self.grouped(text, sign: false))
            }
        case .time: write(time(span))
        case .dateFormat: write(formattedDate(span))
        case .namespaceName: write(namespaceName(span))
        case .gender: chooseByGender(span)
        case .century: write(century(String(decoding: parameter, as: UTF8.self), span))
        case .chemical: write(chemical(span))
        case .korean: write(korean(span))
        case .age: write(age(span))
        case .shownAddress: write(shownAddress(span))
        case .biography: biography(span)
        case .ifWord: write(string(2, span) == String(decoding: parameter, as: UTF8.self) ? string(1, span) : "")
        case .context: write(context(from: String(decoding: parameter, as: UTF8.self).wholeNumber ?? 1, span))
        case .padLeft, .padRight: write(padded(function == .padLeft, span))
        case .plural: choose(string(whole: 1, span) == "1" ? 2 : count(span) > 2 ? 3 : 2, span)
        case .encode: write(encoded(String(decoding: parameter, as: UTF8.self), span))
        case .titleParts: write(titleParts(span))
        case .tag: tagFunction(span)
        case .page: write(pageName(String(decoding: parameter, as: UTF8.self), span))
        case .zh: write(chinese(span))
        case .marriage: write(marriage(span))
        case .langx:
            let code = string(1, span)
            languageText(code, first: 2, span)
        case .languageName: write(rules.language(string(1, span)) ?? string(1, span))
        case .autonym: write(autonym(span))
        case .ipa: write(ipa(span))
        case .ipac: write(ipac(span))
        case .ordinal: write(Self.ordinal(string(1, span)))
        case .nihongo: write(nihongo(span))
        case .sic: write(sic(span))
        case .harvard: write(harvard(String(decoding: parameter, as: UTF8.self), span))
        case .map: write(mapped(String(decoding: parameter, as: UTF8.self), string(1, span)))
        case .country:
            let name = string(1, span)
            let other = string("name", span)
            write(other.isEmpty ? rules.countries[name] ?? name : other)
        case .height: write(height(span))
        case .aged: write(aged(isYears: !parameter.isEmpty, span))
        case .quote: quotation(asLines: !parameter.isEmpty, span)
        case .percentage: write(percentage(span))
        case .spacedNumber:
            let text = spacedNumber(span)
            write(text.isEmpty ? String(decoding: parameter, as: UTF8.self) : text)
        case .exponent:
            let power = string(1, span)
            write(power.isEmpty ? "e" : "×10" + Self.minus(power))
        case .frenchDate: write(frenchDate(span))
        case .ownName:
            let own = String(decoding: name, as: UTF8.self)
            let text = string(1, span)
            write(text.isEmpty ? own : own + " " + text)
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
    mutating func string(_ argument: TemplateArgument) -> String {
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
        var text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.contains(0x26) { text = HTMLEntities.decoded(text) }
        // Almost every value is a plain number.
        guard text.utf8.contains(where: { $0 == 0x27 || $0 == 0xC2 }) else { return text.trimmingBlanks() }
        return Self.withoutQuotes(text.swapping("\u{A0}", for: " ")).trimmingBlanks()
    }

    /// A text without the marks of italics and bold.
    private static func withoutQuotes(_ text: String) -> String {
        guard text.utf8.contains(0x27) else { return text }
        var result: [UInt8] = []
        var run = 0
        for byte in Array(text.utf8) + [0] {
            if byte == 0x27 {
                run += 1
                continue
            }
            let kept = run == 1 || run == 4 ? 1 : max(0, run - 5)
            result.append(contentsOf: repeatElement(0x27, count: kept))
            run = 0
            if byte != 0 { result.append(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// An argument of a parser function, whose `=` means nothing.
    func argument(whole position: Int, _ span: Range<Int>) -> TemplateArgument? {
        guard position >= 1, position <= span.count, var argument = arguments[span].dropFirst(position - 1).first else {
            return nil
        }
        argument.value = argument.whole
        return argument
    }

    mutating func string(whole position: Int, _ span: Range<Int>) -> String {
        argument(whole: position, span).map { string($0) } ?? ""
    }

    /// Whether an argument has nothing to show; text that is no markup counts even where it is empty.
    private mutating func isBlank(_ argument: TemplateArgument?) -> Bool {
        guard let argument else { return true }
        let mark = out.count
        render(argument.value, from: argument.first)
        let isBlank = !out[mark...].contains {
            $0 > 0x20 || $0 == WikitextMark.apostrophe || $0 == WikitextMark.literal
        }
        out.removeLast(out.count - mark)
        return isBlank
    }

    private func count(_ span: Range<Int>) -> Int { span.count }

    mutating func choose(_ position: Int, _ span: Range<Int>) {
        if let argument = argument(whole: position, span) { _ = writeValue(argument) }
    }

    /// Numbers are equal by value, other texts by their letters.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let left = left.decimalNumber, let right = right.decimalNumber else { return false }
        return left == right
    }

    /// `{{#switch: value | a = x | b | c = y | default}}`.
    private mutating func chooseCase(_ span: Range<Int>) {
        let value = string(whole: 1, span)
        var fallback: TemplateArgument?
        var isReached = false
        for argument in arguments[span].dropFirst() {
            let key = keyText(argument)
            if argument.key.isEmpty, argument.whole == argument.value {
                fallback = argument
                if Self.isEqual(string(argument), value) { isReached = true }
            } else if isReached || Self.isEqual(key, value) {
                _ = writeValue(argument)
                return
            } else if key == "#default" {
                fallback = argument
            }
        }
        if let fallback { _ = writeValue(fallback) }
    }

    /// The name of an argument, which templates may make too.
    private mutating func keyText(_ argument: TemplateArgument) -> String {
        let node = argument.first >= 0 ? preprocessor.nodes[Int(argument.first)] : nil
        guard let node, Int(node.start) < argument.key.upperBound else {
            return String(decoding: source[argument.key], as: UTF8.self)
        }
        var key = argument
        key.value = argument.key
        return string(key)
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

    /// `{{frac|a|b|c}}`: `a b⁄c`; `{{frac|b|c}}`: `b⁄c`; `{{frac|c}}`: `1⁄c`.
    private mutating func fraction(_ bar: String, _ span: Range<Int>) -> String {
        let (first, second, third) = (string(1, span), string(2, span), string(3, span))
        if first.isEmpty { return bar }
        if second.isEmpty { return "1" + bar + first }
        return third.isEmpty ? first + bar + second : first + " " + second + bar + third
    }

    /// `{{val|1.5|0.2|e=3|u=km}}`: `(1.5±0.2)×103 km`, the exponent being raised.
    private mutating func value(_ span: Range<Int>) -> String {
        var text = string("fmt", span) == "commas" ? Self.grouped(string(1, span)) : Self.minus(string(1, span))
        let (upper, lower) = (string(2, span), string(3, span))
        let exponent = string("e", span)
        if ["-", "–", "to", "by", "x", "×", "and", "or"].contains(upper), !lower.isEmpty {
            text += (upper == "-" || upper == "–" ? "–" : " \(upper == "x" ? "×" : upper) ") + Self.minus(lower)
        } else if !lower.isEmpty {
            text += "+\(upper)−\(lower)"
        } else if !upper.isEmpty {
            text += (upper.hasPrefix("±") || upper.hasPrefix("(") ? "" : "±") + upper
            if !exponent.isEmpty { text = "(\(text))" }
        }
        if !exponent.isEmpty { text += (text.isEmpty ? "10" : "×10") + Self.minus(exponent) }
        let unit = string("u", span) + string("ul", span)
        let divisor = string("up", span) + string("upl", span)
        if !unit.isEmpty { text += unit == "%" || unit.hasPrefix("°") ? unit : " " + unit }
        if !divisor.isEmpty { text += "/" + divisor }
        let end = string("end", span)
        return string("p", span) + text + string("s", span) + end
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
        var labels = [
            ("c", "Chinese"), ("s", "simplified Chinese"), ("t", "traditional Chinese"), ("p", "pinyin"),
            ("w", "Wade–Giles"),
            ("j", "Jyutping"), ("poj", "Pe̍h-ōe-jī"), ("l", "lit."), ("tr", "lit."),
        ]
        if string("first", span).contains("t") { labels.swapAt(1, 2) }
        var parts: [String] = []
        for (key, label) in labels {
            let text = string(key, span)
            if text.isEmpty { continue }
            let isBare = string("labels", span) == "no"
            parts.append(label == "lit." ? "lit. '\(text)'" : isBare ? text : "\(label): \(text)")
        }
        return parts.isEmpty ? string(1, span) : parts.joined(separator: "; ")
    }

    /// `{{marriage|Name|1990|2000}}`.
    private mutating func marriage(_ span: Range<Int>) -> String {
        let (name, from, to) = (string(1, span), string(2, span), string(3, span))
        if from.isEmpty { return name }
        let end = string("end", span) + string("reason", span)
        let endings = [
            "div": "div.", "divorce": "div.", "divorced": "div.", "died": "died", "d": "died", "death": "died",
            "w": "died", "wid": "died", "widowed": "died", "his death": "his death", "her death": "her death",
            "sep": "sep.", "separated": "sep.", "ann": "ann.", "annulled": "ann.",
        ]
        let dates = to.isEmpty ? from : endings[end.lowercased()].map { "\(from); \($0) \(to)" } ?? "\(from)–\(to)"
        return (name + " (m. \(dates))").trimmingBlanks()
    }

    /// A number with commas between groups of three digits; anything else unchanged.
    static func grouped(_ text: String, sign isMinus: Bool = true) -> String {
        let text = isMinus ? minus(text) : text
        let bytes = Array(text.utf8)
        let sign = bytes.starts(with: "−".utf8) ? 3 : bytes.first == UInt8(ascii: "-") ? 1 : 0
        let end = bytes[sign...].firstIndex { !$0.isASCIIDigit } ?? bytes.count
        guard end - sign > 3, end == bytes.count || bytes[end] == UInt8(ascii: ".") else { return text }
        var groups = Array(bytes[..<sign])
        for place in sign..<end {
            if place > sign, (end - place) % 3 == 0 { groups.append(UInt8(ascii: ",")) }
            groups.append(bytes[place])
        }
        return String(decoding: groups + bytes[end...], as: UTF8.self)
    }

    /// A number with a true minus sign.
    static func minus(_ text: String) -> String {
        text.utf8.first == UInt8(ascii: "-") ? "−" + text.dropFirst() : text
    }
}
