/// Hashing of short byte strings, eight bytes at a time.
enum ByteHash {
    /// A hash of `length` bytes from `start`; the same on every machine.
    @inline(__always)
    static func hash(_ text: RawSpan, _ start: Int, _ length: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset < length {
            let product = (hash ^ word(text, start + offset, min(8, length - offset)))
                .multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            hash = product.high ^ product.low
            offset += 8
        }
        return hash
    }

    /// Up to eight bytes as one little-endian number, zeros above. Reads eight at once where the text goes on so far.
    @inline(__always)
    static func word(_ text: RawSpan, _ start: Int, _ count: Int) -> UInt64 {
        if start + 8 <= text.byteCount {
            let word = text.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            return count == 8 ? word : word & ((1 << UInt64(count * 8)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(text.unsafeLoadUnaligned(fromByteOffset: start + index, as: UInt8.self)) << UInt64(index * 8)
        }
        return word
    }
}
