/// The bytes that give a table its shape.
struct TableDialect: Sendable, Equatable {
    var delimiter: UInt8
    /// Whether a double quote at a field's beginning opens a quoted field.
    var quotes: Bool

    static let quote = UInt8(ascii: "\"")
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
}
