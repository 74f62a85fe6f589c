/// The bytes of a word without blanks, in lower case if wanted.
///
/// Lower case is that of ASCII and of the two-byte letters whose other case has two bytes too: Latin, Greek, Cyrillic
/// and Armenian. Damaged UTF-8 is passed on as it is.
struct FoldedBytes {
    private let text: [UInt8]
    private var position: Int
    private let end: Int
    private let folded: Bool
    private var pending: UInt8 = 0

    init(_ text: [UInt8], _ range: Range<Int>, folded: Bool) {
        self.text = text
        position = range.lowerBound
        end = range.upperBound
        self.folded = folded
    }

    mutating func next() -> UInt8? {
        if pending > 0 {
            defer { pending = 0 }
            return pending
        }
        while position < end {
            let byte = text[position]
            position += 1
            if byte == 0x20 { continue }
            if byte < 0x80 { return folded && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
            guard (0xC2...0xD6).contains(byte), position < end, text[position] & 0xC0 == 0x80 else { return byte }
            if byte == 0xC2, text[position] == 0xA0 {
                position += 1
                continue
            }
            guard folded else { return byte }
            let scalar = Self.lowercased(UInt32(byte & 0x1F) << 6 | UInt32(text[position] & 0x3F))
            position += 1
            pending = UInt8(0x80 | scalar & 0x3F)
            return UInt8(0xC0 | scalar >> 6)
        }
        return nil
    }

    /// The lower case of a scalar value from U+0080 to U+058F.
    static func lowercased(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0xD7, 0x130, 0x138, 0x149, 0x17F: scalar
        case 0x178: 0xFF
        case 0xC0...0xDE, 0x391...0x3A1, 0x3A3...0x3AB, 0x410...0x42F: scalar + 0x20
        case 0x100...0x137, 0x14A...0x177, 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: scalar | 1
        case 0x139...0x148, 0x179...0x17E: scalar + (scalar & 1)
        case 0x386: 0x3AC
        case 0x388...0x38A: scalar + 0x25
        case 0x38C: 0x3CC
        case 0x38E, 0x38F: scalar + 0x3F
        case 0x400...0x40F: scalar + 0x50
        case 0x531...0x556: scalar + 0x30
        default: scalar
        }
    }

    /// A word in lower case.
    static func lowercased(_ word: [UInt8]) -> [UInt8] {
        var reader = FoldedBytes(word, 0..<word.count, folded: true)
        var result: [UInt8] = []
        while let byte = reader.next() { result.append(byte) }
        return result
    }
}
