/// A unit of `{{convert}}`, as a line of the section `[units]` tells.
struct MeasurementUnit: Sendable, Equatable {
    var symbol: String
    var singular: String
    var plural: String
    /// How much of its kind's unit it is; nil when nothing can be worked out.
    var scale: Double?
    /// What is added after scaling: temperatures alone have it.
    var offset: Double?
    /// The units that its values are shown in when none is asked for.
    var shownIn: String
    /// Whether the symbol stands for the name too.
    var usesSymbol: Bool

    /// Whether it is written by name even where others are short, as acres are.
    var usesName: Bool { symbol.isEmpty }

    private static let powers = ["e3": "thousand", "e6": "million", "e9": "billion", "e12": "trillion"]

    /// The unit of a code, `e6km2` being a million of `km2`.
    static func find(_ code: String, _ units: [String: MeasurementUnit]) -> MeasurementUnit? {
        if let unit = units[code] { return unit }
        guard let power = powers.keys.first(where: { code.hasPrefix($0) }), let word = powers[power],
            var unit = units[String(code.dropFirst(power.count))], let scale = unit.scale, unit.offset == nil,
            let exponent = power.dropFirst().decimalNumber
        else { return nil }
        let factor = (0..<Int(exponent)).reduce(1.0) { product, _ in product * 10 }
        let symbol = unit.symbol.isEmpty ? unit.plural : unit.symbol
        unit.symbol = "×10\(Int(exponent)) \(symbol)"
        (unit.singular, unit.plural) = ("\(word) \(unit.plural)", "\(word) \(unit.plural)")
        unit.usesSymbol = false
        unit.scale = scale * factor
        unit.shownIn = unit.shownIn.split(separator: " ").map {
            units["\(power)\($0)"] == nil ? "\(power)\($0)" : String($0)
        }
        .joined(separator: " ")
        return unit
    }

    /// Reads `symbol | singular | plural | scale+offset | units`; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
        guard parts.count >= 3, parts.count <= 5 else { return nil }
        usesSymbol = parts[0].hasPrefix("*")
        symbol = usesSymbol ? String(parts[0].dropFirst()) : parts[0]
        (singular, plural) = (parts[1], parts[2])
        shownIn = parts.count > 4 ? parts[4] : ""
        guard parts.count > 3 else { return }
        // The plus sign of an exponent is not written.
        let numbers = parts[3].split(separator: "+")
        guard let scale = numbers.first.flatMap({ $0.decimalNumber }), scale > 0 else { return nil }
        self.scale = scale
        offset = numbers.count > 1 ? numbers[1].decimalNumber : nil
    }
}
