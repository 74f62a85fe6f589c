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

    /// The same for bytes behind a pointer, with a short way for what is sound.
    @inline(__always)
    static func next(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (scalar: UInt32, next: Int) {
        let lead = UInt32(bytes[position])
        if lead < 0x80 { return (lead, position &+ 1) }
        func tail(_ offset: Int) -> UInt32 { UInt32(bytes[position &+ offset]) ^ 0x80 }
        if lead &- 0xC2 < 0x1E, position &+ 1 < bytes.count, tail(1) < 0x40 {
            return ((lead & 0x1F) << 6 | tail(1), position &+ 2)
        }
        if lead & 0xF0 == 0xE0, position &+ 2 < bytes.count, tail(1) < 0x40, tail(2) < 0x40 {
            let scalar = (lead & 0x0F) << 12 | tail(1) << 6 | tail(2)
            if scalar >= 0x800, scalar &- 0xD800 >= 0x800 { return (scalar, position &+ 3) }
        }
        return next(bytes.span, at: position, end: bytes.count)
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

    /// The place of the first byte that is no UTF-8, nil if there is none.
    static func firstError(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, next) = next(bytes.span, at: position, end: range.upperBound)
            // A true U+FFFD takes three bytes, the first of them 0xEF.
            if scalar == replacement, !(next == position + 3 && bytes[position] == 0xEF) { return position }
            position = next
        }
        return nil
    }

    /// Appends a scalar value as UTF-8.
    @inline(__always)
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { buffer in
            guard let base = buffer.baseAddress else { return }
            bytes.append(contentsOf: buffer[0..<write(scalar, to: base)])
        }
    }

    /// Writes a scalar value as UTF-8, up to four bytes, and gives how many.
    @inline(__always)
    static func write(_ scalar: UInt32, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift) & 0x3F) }
        switch scalar {
        case ..<0x80:
            bytes[0] = UInt8(scalar)
            return 1
        case ..<0x800:
            bytes[0] = UInt8(0xC0 | scalar >> 6)
            bytes[1] = tail(0)
            return 2
        case ..<0x10000:
            bytes[0] = UInt8(0xE0 | scalar >> 12)
            bytes[1] = tail(6)
            bytes[2] = tail(0)
            return 3
        default:
            bytes[0] = UInt8(0xF0 | scalar >> 18)
            bytes[1] = tail(12)
            bytes[2] = tail(6)
            bytes[3] = tail(0)
            return 4
        }
    }
}
