/// Eight bytes at a time: where the next byte stands that means something.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// A set high bit where a byte of `word` is `byte`; above the first hit there may be false ones.
    @inline(__always)
    private static func hits(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & high
    }

    /// The same where a byte is below 0x20.
    @inline(__always)
    private static func controls(_ word: UInt64) -> UInt64 { (word &- (ones &* 0x20)) & ~word & high }

    @inline(__always)
    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes.baseAddress!.advanced(by: at)).loadUnaligned(as: UInt64.self))
    }

    /// The first `"`, `\` or control character from `start` on, or the end: where a JSON string stops being plain.
    @inline(__always)
    static func endOfPlainString(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var at = start
        while at &+ 8 <= bytes.count {
            let word = word(bytes, at)
            let found = hits(word, 0x22) | hits(word, 0x5C) | controls(word)
            if found != 0 { return at &+ found.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < bytes.count, bytes[at] != 0x22, bytes[at] != 0x5C, bytes[at] >= 0x20 { at &+= 1 }
        return at
    }

    /// The first line feed, carriage return or byte that may begin U+2028 or U+2029, or the end.
    @inline(__always)
    static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var at = start
        while at &+ 8 <= bytes.count {
            let word = word(bytes, at)
            let found = hits(word, 0x0A) | hits(word, 0x0D) | hits(word, 0xE2)
            if found != 0 { return at &+ found.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < bytes.count, bytes[at] != 0x0A, bytes[at] != 0x0D, bytes[at] != 0xE2 { at &+= 1 }
        return at
    }
}
