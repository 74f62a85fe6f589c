/// A number of bytes as people write it: `512MiB`, `2GB`, `1500000`.
public struct ByteCount: LosslessStringConvertible, Sendable, Equatable {
    /// Bytes.
    public let bytes: Int

    /// The units: decimal ones with a B, binary ones with iB or nothing after the letter.
    private static let units: [String: Int] = [
        "": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
        "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000,
    ]

    /// So many bytes.
    public init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a whole number with a unit or without; nil if it is none, or too large.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).trimmingPrefix(" ").lowercased()
        guard let number = Int(digits), let scale = ByteCount.units[unit] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    /// Whole MiB where it is that, else bytes.
    public var description: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes)" }
}
