/// Decoding of UTF-8 that may be damaged.
enum UTF8Decoding {
    /// What stands for bytes that are no UTF-8.
    static let replacement: UInt32 = 0xFFFD

    /// The scalar value at `position` and where the next one begins.
    ///
    /// Bytes that are no UTF-8 give U+FFFD for each longest beginning of a sequence (Unicode 15, §3.9, "maximal
    /// subparts"), as Python's errors="replace" does.
    static func next(_ bytes: Span<UInt8>, at position: Int, end: Int) -> (scalar: UInt32, next: Int) {
        let lead = bytes[position]
        if lead < 0x80 { return (UInt32(lead), position + 1) }
        guard let (length, second) = shape(lead) else { return (replacement, position + 1) }
        var scalar = UInt32(lead) & (0x7F >> UInt32(length))
        var index = position + 1
        while index < position + length {
            guard index < end, (index == position + 1 ? second : 0x80...0xBF).contains(bytes[index]) else {
                return (replacement, index)
            }
            scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
            index += 1
        }
        return (scalar, index)
    }

    /// Length of the sequence a lead byte begins, and what its second byte may be: no overlong forms, no surrogates,
    /// nothing above U+10FFFF.
    private static func shape(_ lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }

    /// The offset of the first byte that is no UTF-8, nil if there is none.
    static func firstError(in bytes: [UInt8]) -> Int? {
        var position = 0
        while position < bytes.count {
            let (scalar, next) = next(bytes.span, at: position, end: bytes.count)
            // A true U+FFFD takes three bytes, the first of them 0xEF.
            if scalar == replacement, !(next == position + 3 && bytes[position] == 0xEF) { return position }
            position = next
        }
        return nil
    }

    /// Appends a scalar value as UTF-8.
    @inline(__always)
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift) & 0x3F) }
        switch scalar {
        case ..<0x80: bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(tail(0))
        case ..<0x10000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        default:
            bytes.append(UInt8(0xF0 | scalar >> 18))
            bytes.append(tail(12))
            bytes.append(tail(6))
            bytes.append(tail(0))
        }
    }
}
