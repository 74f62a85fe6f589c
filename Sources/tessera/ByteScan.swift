/// Passes over text eight bytes at a time.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The first place in `range` of a quote, a backslash or a control character, which end or interrupt a JSON string.
    ///
    /// It is the range's end if there is none. `isASCII` may be false for what comes just behind the place.
    static func stringEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> (place: Int, isASCII: Bool) {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = range.lowerBound
        var seen: UInt64 = 0
        while position + 8 <= range.upperBound {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            seen |= word
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A zero byte, or one below 32, leaves its highest bit; the lowest bit that is left is always of such a byte.
            let found =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
            if found != 0 { return (position + found.trailingZeroBitCount >> 3, seen & highs == 0) }
            position += 8
        }
        while position < range.upperBound {
            let byte = bytes[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            seen |= UInt64(byte)
            position += 1
        }
        return (position, seen & highs == 0)
    }

    /// Unicode scalars in UTF-8 text: the bytes that go on with none.
    static func characters(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = 0
        var continuing = 0
        while position + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            continuing += (word & ~(word << 1) & highs).nonzeroBitCount
            position += 8
        }
        while position < raw.count {
            if raw[position] & 0xC0 == 0x80 { continuing += 1 }
            position += 1
        }
        return raw.count - continuing
    }

    /// Appends a number that is not negative, in decimal digits.
    static func append(_ number: Int, to output: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            output.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
