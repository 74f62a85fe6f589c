/// The lines of a text and how they end and begin, for the quality rules.
enum TextLines {
    /// Calls `body` with the range of each line.
    @inline(__always)
    static func forEach(_ text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A { end += 1 }
            body(start..<end)
            start = end + 1
        }
    }

    /// The last character that is no closing quotation mark, bracket or space, as a scalar; 0 when there is none.
    static func lastMark(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> UInt32 {
        var end = line.upperBound
        for _ in 0..<8 {
            guard let (scalar, start) = previous(text, line.lowerBound, end) else { return 0 }
            switch scalar {
            case 0x20, 0x22, 0x27, 0x29, 0x5D, 0xBB, 0x2019, 0x201C, 0x201D, 0x203A, 0x300D, 0x300F, 0xFF09: end = start
            default: return scalar
            }
        }
        return 0
    }

    /// The character that ends at `end`; nil at the line's start.
    private static func previous(
        _ text: UnsafeBufferPointer<UInt8>, _ low: Int, _ end: Int
    ) -> (scalar: UInt32, start: Int)? {
        var start = end - 1
        while start > low, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start < low ? nil : (scalar(text, start, end), start)
    }

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> UInt32 {
        let first = UInt32(text[start])
        if end - start == 1 { return first }
        let mask: UInt32 = end - start == 2 ? 0x1F : end - start == 3 ? 0x0F : 0x07
        return (start + 1..<end).reduce(first & mask) { $0 << 6 | UInt32(text[$1] & 0x3F) }
    }

    /// Whether a mark ends a sentence, in any of the larger scripts.
    static func isTerminal(_ mark: UInt32) -> Bool {
        switch mark {
        case 0x2E, 0x21, 0x3F, 0x2026, 0x3002, 0xFF01, 0xFF1F, 0xFF0E, 0xFF61: true
        case 0x61F, 0x6D4, 0x964, 0x965, 0x589, 0x1362, 0x1367, 0x104B, 0x17D4, 0x203D, 0x0F0D: true
        default: false
        }
    }

    /// Whether the line ends with `…` or `...`.
    static func endsWithEllipsis(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        var end = line.upperBound
        while end > line.lowerBound, text[end - 1] == 0x20 { end -= 1 }
        guard end - line.lowerBound >= 3 else { return false }
        let last = (text[end - 3], text[end - 2], text[end - 1])
        return last == (0x2E, 0x2E, 0x2E) || last == (0xE2, 0x80, 0xA6)
    }

    /// Whether the line begins with a bullet: `•` and its like, or `*` or `-` and a space.
    static func beginsWithBullet(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        var start = line.lowerBound
        while start < line.upperBound, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        guard start + 1 < line.upperBound else { return false }
        if text[start] == 0x2A || text[start] == 0x2D { return text[start + 1] == 0x20 }
        if text[start] == 0xC2 { return text[start + 1] == 0xB7 }
        guard start + 2 < line.upperBound, text[start] == 0xE2 else { return false }
        switch (text[start + 1], text[start + 2]) {
        // • ‣ ⁃ ● ○ ■ ▪ ◦ – (as in a list of dashes)
        case (0x80, 0xA2), (0x80, 0xA3), (0x81, 0x83), (0x97, 0x8F), (0x97, 0x8B), (0x96, 0xA0), (0x96, 0xAA),
            (0x97, 0xA6), (0x80, 0x93):
            return true
        default: return false
        }
    }
}
