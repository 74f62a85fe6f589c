/// Text as the language model sees it: words of small letters between spaces.
///
/// The same functions as in Scripts/make_language_model.py, which made the model.
enum LanguageText {
    /// What a scalar is.
    enum Kind {
        case space, letter
        /// A character of a script without spaces, a word of its own.
        case alone
    }

    /// The small letter of a scalar, for the scripts that have small letters.
    static func fold(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A: scalar + 32
        case 0..<0xC0: scalar
        case 0xD7: scalar
        case 0xC0...0xDE: scalar + 32
        case 0x130: 0x69
        case 0x100...0x137, 0x14A...0x177, 0x1E00...0x1E95, 0x1EA0...0x1EFF: scalar | 1
        case 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: scalar | 1
        case 0x139...0x148, 0x179...0x17E, 0x4C1...0x4CE: scalar + (scalar & 1)
        case 0x178: 0xFF
        case 0x1A0, 0x1AF: scalar + 1
        case 0x386: 0x3AC
        case 0x388...0x38A: scalar + 37
        case 0x38C: 0x3CC
        case 0x38E, 0x38F: scalar + 63
        case 0x391...0x3A9, 0x410...0x42F: scalar + 32
        case 0x400...0x40F: scalar + 80
        case 0x531...0x556: scalar + 48
        default: scalar
        }
    }

    /// What a scalar is.
    static func kind(_ scalar: UInt32) -> Kind {
        switch scalar {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xB5, 0xBA: .letter
        case 0..<0xC0, 0xD7, 0xF7: .space
        case 0xE00...0x107F, 0x1780...0x17FF: .alone
        case 0x2000...0x2BFF, 0x2E00...0x303F: .space
        case 0x3040...0x9FFF, 0xF900...0xFAFF, 0x20000...: .alone
        case 0xF000...0xF8FF, 0xFE00...0xFE3F, 0x1F000...0x1FFFF: .space
        case 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0xFF66..<0xFFC0: .letter
        case 0xFF00...0xFFFF: .space
        default: .letter
        }
    }

    /// The scalar at a place and its bytes; what is no UTF-8 counts as a space of one byte.
    @inline(__always)
    static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> (scalar: UInt32, size: Int) {
        let first = UInt32(text[at])
        if first < 0x80 { return (first, 1) }
        let size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, first <= 0xF4, at + size <= end else { return (0x20, 1) }
        var scalar = first & (size == 2 ? 0x1F : size == 3 ? 0x0F : 0x07)
        for offset in 1..<size {
            let next = text[at + offset]
            guard next & 0xC0 == 0x80 else { return (0x20, 1) }
            scalar = scalar << 6 | UInt32(next & 0x3F)
        }
        return (scalar, size)
    }
}
