/// The characters that sentences are cut by.
enum SentenceCharacters {
    /// The kind of an end mark; nil for any other character.
    static func mark(_ scalar: UInt32) -> SentenceCandidate.Mark? {
        switch scalar {
        case 0x2E: .stop
        case 0x21, 0x3F, 0x203C, 0x203D, 0x2047...0x2049: .strong
        case 0x2026, 0x22EF: .ellipsis
        // Full-width forms, the dandas, and the stops and questions of Arabic, Armenian, Ethiopic, Khmer, Burmese and
        // others.
        case 0x3002, 0xFF61, 0xFF01, 0xFF1F, 0xFF0E, 0x0964, 0x0965, 0x061F, 0x06D4, 0x0589, 0x1362, 0x1367, 0x1368,
            0x17D4, 0x17D5, 0x104A, 0x104B, 0x1803, 0x1809, 0x0700...0x0702, 0x0F0D, 0x0F0E, 0x1C3B, 0x1C3C, 0x1C7E,
            0x1C7F, 0x1B5A, 0x1B5B, 0x1B5E, 0x1B5F, 0xA4FF, 0xA60E, 0xA60F, 0xA8CE, 0xA8CF, 0xA92F, 0xA9C8, 0xA9C9,
            0xAA5D...0xAA5F, 0xAAF0, 0xAAF1, 0xABEB, 0x1AA8...0x1AAB, 0x1735, 0x1736, 0xFE52, 0xFE56, 0xFE57, 0x166E:
            .full
        default: nil
        }
    }

    /// Every end mark.
    static let marks: [UInt32] = (UInt32(0)...0xFFFF).filter { mark($0) != nil }

    /// Marks that list items begin with.
    @inline(__always)
    static func isBullet(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2022, 0x2023, 0x2043, 0x25AA, 0x25CF, 0x25E6, 0x25A0, 0x25CB: true
        default: false
        }
    }

    static let bullets: [UInt32] = (UInt32(0x2000)...0x2FFF).filter(isBullet)

    @inline(__always)
    static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0x09...0x0D, 0xA0, 0x85, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    static func isClosingBracket(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x29, 0x5D, 0x7D, 0xFF09, 0xFF3D, 0xFF5D, 0x3011, 0x3015, 0x3009, 0x300B, 0x3017, 0x3019, 0x300D, 0x300F,
            0xFF63:
            true
        default: false
        }
    }

    /// Quotes that may close; some may open too, in another language.
    static func isClosingQuote(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x22, 0x27, 0x60, 0x2019, 0x201D, 0xBB, 0x203A, 0xAB, 0x2039, 0xFF02, 0x201C, 0x2018: true
        default: false
        }
    }

    static func isCloser(_ scalar: UInt32) -> Bool { isClosingBracket(scalar) || isClosingQuote(scalar) }

    static func isOpener(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x28, 0x5B, 0x7B, 0x22, 0x27, 0x60, 0x2018, 0x201C, 0x201E, 0x201A, 0xAB, 0x2039, 0xBB, 0x203A, 0xBF, 0xA1,
            0xFF08, 0xFF3B, 0xFF5B, 0x3010, 0x3014, 0x3008, 0x300A, 0x300C, 0x300E, 0x2014, 0x2013:
            true
        default: false
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
