/// One `{{convert}}` as it is asked for.
struct Measure {
    var values: [Conversion.Value]
    /// How the values are joined: in full, in short, and whether the unit is repeated where it is short.
    var joints: [(full: String, short: String, repeats: Bool)] = []
    var unit: MeasurementUnit?
    /// The second part of a measure in two units, as in 5 feet 6 inches.
    var second: (value: Conversion.Value, number: Double, unit: MeasurementUnit)?
    var abbreviation = ""
    var adjective = ""
    /// What stands between unit and brackets.
    var middle = ""
    var display = ""
    /// What stands around the other units with `disp=x`, and before every unit with `disp=preunit`.
    var framing = (before: "", after: "")
    var isAmerican = false
    var isFlipped = false
    var grouped = true
    /// Which numbers are written in words: those given, those worked out; and whether the first begins a sentence.
    var spelling = (input: false, output: false, isCapital: false)

    init(values: [Conversion.Value]) { self.values = values }

    /// A value as it was written.
    func shown(_ index: Int) -> String { shown(values[index], isFirst: index == 0) }

    private func shown(_ value: Conversion.Value, isFirst: Bool = false) -> String {
        guard spelling.input, let words = NumberWords.words(value.text, isAmerican: isAmerican) else {
            return value.shown(grouped: grouped)
        }
        return isFirst && spelling.isCapital ? words.prefix(1).uppercased() + words.dropFirst() : words
    }

    /// A number that was worked out, in words where they are asked for.
    private func spelled(_ text: String) -> String {
        spelling.output ? NumberWords.words(text, isAmerican: isAmerican) ?? text : text
    }

    /// The whole text.
    func text(_ conversion: Conversion, outputs: String, _ units: [String: MeasurementUnit]) -> String {
        guard let unit else { return "" }
        let isOutputFull =
            display == "or"
            ? abbreviation.isEmpty || abbreviation == "off" : ["off", "in", "none"].contains(abbreviation)
        let isInputShort = ["on", "in", "y", "yes", "1"].contains(abbreviation)
        var codes = (outputs.isEmpty ? unit.shownIn : outputs).split(separator: " ").map(String.init)
        if units[outputs] != nil || outputs == "st lb" { codes = [outputs] }
        let texts = codes.compactMap { code in
            converted(conversion, to: code, units, isShort: isFlipped ? isInputShort : !isOutputFull)
        }
        let isAdjective = ["on", "mid", "1", "j"].contains(adjective)
        let input = inputText(
            unit, isShort: isFlipped ? !isOutputFull : isInputShort, isAdjective: isAdjective && !isFlipped)
        guard !texts.isEmpty else { return input }
        return arranged(input, texts)
    }

    private func arranged(_ input: String, _ texts: [String]) -> String {
        let output = texts.joined(separator: "; ")
        switch display {
        case "output only", "out": return output
        case "output number only", "number", "num": return String(output.prefix { $0 != " " })
        case "or": return "\(input) or \(texts.joined(separator: " or "))"
        case "comma": return "\(input), \(output)"
        case "sqbr": return "\(input) [\(output)]"
        case "slash", "/", "s": return "\(input) / \(output)"
        case "br", "x br", "table", "tablecen": return "\(input) \(output)"
        case "x": return input + framing.before + output + framing.after
        case "unit", "unit2", "u2": return input
        default: break
        }
        if isFlipped, let first = texts.first {
            return "\(first) (\(([input] + texts.dropFirst()).joined(separator: "; ")))"
        }
        return "\(input) (\(output))"
    }

    private func inputText(_ unit: MeasurementUnit, isShort: Bool, isAdjective: Bool) -> String {
        if display == "unit" { return unit.plural }
        if abbreviation == "values" || display.hasPrefix("table") {
            return joined(values.indices.map(shown), isShort: true, symbol: "")
        }
        let isSymbol = isShort || unit.usesSymbol
        let text = joined(values.indices.map(shown), isShort: isSymbol, symbol: " " + unit.symbol)
        if isSymbol && joints.contains(where: { $0.repeats }) { return text }
        let before = display == "preunit" ? framing.before : ""
        var word = before + name(unit, counted, isShort: isShort, isAdjective: isAdjective)
        if adjective == "pre", !middle.isEmpty { word = " " + middle + word }
        if abbreviation == "~" { word += " [\(unit.symbol)]" }
        guard let second else { return adjective == "pre" ? text + word : text + word + middle }
        let other = name(second.unit, second.value, isShort: isShort, isAdjective: isAdjective)
        return text + word + (isAdjective ? "-" : " ") + shown(second.value) + other + middle
    }

    /// The value that says whether the unit is one: the last, but of a value and its error the value.
    private var counted: Conversion.Value? { joints.last?.full == " ± " ? values.first : values.last }

    private func joined(_ texts: [String], isShort: Bool, symbol: String) -> String {
        var result = texts.first ?? ""
        let repeats = isShort && joints.contains { $0.repeats }
        if repeats { result += symbol }
        for (joint, text) in zip(joints, texts.dropFirst()) {
            result += (isShort ? joint.short : joint.full) + text
            if repeats { result += symbol }
        }
        return result
    }

    /// A unit's name or symbol after a value, with what parts them.
    private func name(_ unit: MeasurementUnit, _ value: Conversion.Value?, isShort: Bool, isAdjective: Bool) -> String {
        if (isShort || unit.usesSymbol) && !unit.usesName {
            let isTight = unit.symbol.hasPrefix("/") || unit.symbol.hasPrefix("×")
            return (isTight ? "" : " ") + unit.symbol
        }
        let isOne =
            value.map { abs($0.number ?? 2) == 1 || ($0.denominator != nil && abs($0.number ?? 2) < 1) } ?? false
        var word = isOne || isAdjective ? unit.singular : unit.plural
        if isAmerican { word = word.swapping("metre", for: "meter").swapping("litre", for: "liter") }
        return (isAdjective ? "-" : " ") + (isAdjective ? word.swapping(" ", for: "-") : word)
    }

    /// The values in another unit.
    private func converted(
        _ conversion: Conversion, to code: String, _ units: [String: MeasurementUnit], isShort: Bool
    ) -> String? {
        if code == "ftin" || code == "ft in" { return feetAndInches(conversion, units, isShort: isShort) }
        if code == "stlb" || code == "st lb" { return stonesAndPounds(conversion, units, isShort: isShort) }
        guard let output = MeasurementUnit.find(code, units) else { return nil }
        var conversion = conversion
        var values = values
        if let second {
            guard let scale = unit?.scale, let sub = second.unit.scale, let number = values[0].number else {
                return nil
            }
            // The digits count in the smaller unit.
            conversion.isComposite = code != "lb" && code != "kg"
            values[0].number = number + second.number * sub / scale
            values[0].text = second.value.text
        }
        var digits: [Int] = []
        for value in values {
            guard let places = conversion.digits(value, in: output) else { return nil }
            digits.append(places)
        }
        guard let most = digits.max() else { return nil }
        let texts = values.compactMap { conversion.text($0, in: output, digits: most) }
        guard texts.count == values.count else { return nil }
        if abbreviation == "values" || display.hasPrefix("table") { return joined(texts, isShort: true, symbol: "") }
        let isSymbol = isShort || output.usesSymbol
        let text = joined(texts.map(spelled), isShort: isSymbol, symbol: " " + output.symbol)
        if isSymbol, joints.contains(where: { $0.repeats }) { return text }
        return text + (display == "preunit" ? framing.after : "")
            + name(output, texts.last.map { Conversion.Value($0) }, isShort: isShort, isAdjective: false)
    }

    /// `12 st 8 lb`, to the pound.
    private func stonesAndPounds(
        _ conversion: Conversion, _ units: [String: MeasurementUnit], isShort: Bool
    ) -> String? {
        guard let pound = units["lb"] else { return nil }
        let texts = values.compactMap { value -> String? in
            guard let number = value.number, let pounds = conversion.convert(number, to: pound), pounds >= 0,
                pounds < 1e12
            else { return nil }
            let whole = Int(pounds.rounded(.toNearestOrAwayFromZero))
            let (stones, rest) = (whole / 14, whole % 14)
            let tail = isShort ? "\(rest) lb" : rest == 1 ? "1 pound" : "\(rest) pounds"
            return rest == 0 ? "\(stones) \(isShort ? "st" : "stone")" : "\(stones) \(isShort ? "st" : "stone") \(tail)"
        }
        return texts.count == values.count ? joined(texts, isShort: true, symbol: "") : nil
    }

    /// `5 ft 6 in`, to the inch where the value asks for that.
    private func feetAndInches(_ conversion: Conversion, _ units: [String: MeasurementUnit], isShort: Bool) -> String? {
        guard let foot = units["ft"], let inch = units["in"] else { return nil }
        var places = 0
        for value in values { places = max(places, conversion.digits(value, in: foot) ?? 0) }
        if conversion.precision == nil, places <= 0, values.allSatisfy({ ($0.number ?? 0) >= 3 }) {
            return converted(conversion, to: "ft", units, isShort: isShort)
        }
        var texts: [String] = []
        for value in values {
            guard let number = value.number, let inches = conversion.convert(number, to: inch) else { return nil }
            let whole = (abs(inches) + 1e-9).rounded(.toNearestOrAwayFromZero)
            guard whole < 1e12 else { return nil }
            let (feet, rest) = (Int(whole) / 12, Int(whole) % 12)
            let sign = inches < 0 ? "−" : ""
            let part = { (count: Int, unit: MeasurementUnit) in
                "\(count) \(isShort ? unit.symbol : count == 1 ? unit.singular : unit.plural)"
            }
            texts.append(
                sign
                    + (feet == 0
                        ? part(rest, inch) : rest == 0 ? part(feet, foot) : part(feet, foot) + " " + part(rest, inch)))
        }
        return joined(texts, isShort: true, symbol: "")
    }
}
