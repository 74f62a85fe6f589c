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

    /// Reads `symbol | singular | plural | scale+offset | units`; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "|").map { $0.trimmingBlanks() }
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
