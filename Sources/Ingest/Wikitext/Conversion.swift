import Foundation

/// Works out `{{convert}}`: what value and unit read, and what they are in other units, rounded as that template does.
struct Conversion {
    /// A value as it was written.
    struct Value {
        var text: String
        var number: Double?
        /// The denominator of a fraction.
        var denominator: Double?

        /// Reads `5`, `-5`, `1,234.5`, `1/2`, `2+1/2`.
        init(_ text: String) {
            self.text = text
            let plain = text.swapping(",", for: "").swapping("−", for: "-").swapping("//", for: "/")
            if let slash = plain.firstIndex(of: "/") {
                let below = plain[plain.index(after: slash)...].decimalNumber ?? 0
                let above = plain[..<slash]
                let cut = above.dropFirst().lastIndex { $0 == "+" || $0 == "-" || $0 == " " }
                let whole = cut.map { above[..<$0].trimmingBlanks().decimalNumber ?? 0 } ?? 0
                guard below != 0, let part = (cut.map { above[above.index(after: $0)...] } ?? above).decimalNumber,
                    (part / below).isFinite
                else { return }
                denominator = below
                number = whole < 0 ? whole - part / below : whole + part / below
            } else {
                number = plain.decimalNumber
            }
        }

        /// How it reads: large numbers get commas, `2+1/2` reads `2 1/2`.
        func shown(grouped: Bool) -> String {
            let text = self.text.swapping("//", for: "/")
            if let plus = text.dropFirst().firstIndex(of: "+"), text.contains("/") {
                return "\(text[..<plus]) \(text[text.index(after: plus)...])".swapping("/", for: "⁄")
            }
            if text.contains("/") { return text.swapping("/", for: "⁄") }
            return grouped ? WikitextExpander.grouped(text) : WikitextExpander.minus(text)
        }
    }

    let input: MeasurementUnit
    /// Digits after the point that were asked for, significant digits, or a multiple to round to.
    var precision: Int?
    var significant: Int?
    var multiple: Double?
    /// More digits, as for feet and inches in metres.
    var isComposite = false
    var grouped = true
    /// Whole numbers from one up, as words ask for.
    var isWhole = false

    /// The digits after the point (before it, when negative) for a value in a unit.
    func digits(_ value: Value, in output: MeasurementUnit) -> Int? {
        guard let number = value.number, let result = convert(number, to: output) else { return nil }
        if let precision { return precision }
        if let significant {
            return result == 0 ? 0 : significant - 1 - Self.whole(log10(abs(result)) + 1e-14)
        }
        var digits = Self.digits(value)
        let least: Int
        var adjustment = log10(2.0)
        if let offset = input.offset, output.offset != nil, let scale = input.scale {
            let kelvins = abs(number * scale + offset)
            least = kelvins < 1e-8 ? 2 : 2 - Self.whole(log10(kelvins) + 1e-14)
        } else {
            guard number != 0, result != 0 else { return 0 }
            if isComposite {
                adjustment += log10(output.scale ?? 1) + 2
                digits = max(digits, 0)
            } else {
                adjustment += log10(abs(number / result))
            }
            least = 1 - Self.whole(log10(abs(result)) + 1e-14)
        }
        let places = max(Self.whole(Double(digits) + adjustment), least)
        return isWhole && abs(result) >= 1 ? min(places, 0) : places
    }

    /// The whole number at or below a count of digits, which is held where every number can be written.
    private static func whole(_ digits: Double) -> Int { Int(max(-400, min(400, digits)).rounded(.down)) }

    /// Digits after the point as written; zeros at the end of a whole number count below nought.
    private static func digits(_ value: Value) -> Int {
        if let denominator = value.denominator { return max(whole(log10(abs(denominator))), 1) }
        let plain = value.text.swapping(",", for: "")
        let mantissa = plain.prefix { $0 != "e" && $0 != "E" }
        let exponent = plain.dropFirst(mantissa.count + 1).wholeNumber ?? 0
        guard let point = mantissa.firstIndex(of: ".") else {
            return -mantissa.reversed().prefix { $0 == "0" }.count - exponent
        }
        return mantissa.distance(from: point, to: mantissa.endIndex) - 1 - exponent
    }

    /// A number in another unit; nil when it is too large there.
    func convert(_ number: Double, to output: MeasurementUnit) -> Double? {
        guard let from = input.scale, let to = output.scale, (input.offset == nil) == (output.offset == nil) else {
            return nil
        }
        let result = (number * from + (input.offset ?? 0) - (output.offset ?? 0)) / to
        return result.isFinite ? result : nil
    }

    /// A number in another unit as it reads, rounded to `digits`.
    func text(_ value: Value, in output: MeasurementUnit, digits: Int) -> String? {
        guard let number = value.number, let result = convert(number, to: output) else { return nil }
        guard let multiple, multiple > 0 else { return Self.fixed(result, digits, grouped: grouped) }
        let rounded = (result / multiple).rounded(.toNearestOrAwayFromZero) * multiple
        return rounded.isFinite ? Self.fixed(rounded, multiple < 1 ? 1 : 0, grouped: grouped) : nil
    }

    /// A number with `digits` digits after the point; `scaled` is it times ten to their power.
    private static func decimal(_ value: Double, _ digits: Int, _ scaled: Double) -> String {
        // Whole numbers up to 2^53 are exact.
        guard abs(scaled) < 9e15 else { return String(format: "%.\(digits)f", value) }
        var text = String(Int(abs(scaled)))
        if digits > 0 {
            if text.utf8.count <= digits { text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text }
            text.insert(".", at: text.utf8.index(text.endIndex, offsetBy: -digits))
        }
        return value < 0 ? "-" + text : text
    }

    /// A number with a fixed number of digits after the point.
    static func fixed(_ number: Double, _ digits: Int, grouped: Bool) -> String {
        guard abs(number) < 1e15, digits < 16, digits > -16 else {
            let text = String(format: "%.2e", number)
            return WikitextExpander.minus(text.swapping("e+", for: "×10").swapping("e-", for: "×10−"))
        }
        let scale = pow(10.0, Double(abs(digits)))
        let scaled = digits < 0 ? number / scale : number * scale
        let rounded = (scaled + (scaled < 0 ? -1e-9 : 1e-9)).rounded(.toNearestOrAwayFromZero)
        let value = digits < 0 ? rounded * scale : rounded / scale
        let text = decimal(value == 0 ? 0 : value, max(0, digits), digits > 0 ? rounded : value)
        return grouped ? WikitextExpander.grouped(text) : WikitextExpander.minus(text)
    }
}
