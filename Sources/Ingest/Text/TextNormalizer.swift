internal import Storage

/// Plain text as a corpus wants it: valid UTF-8, one paragraph a line, no blank lines, no white space at line ends.
enum TextNormalizer {
    /// - Parameter loss: counts the repairs of the encoding.
    static func normalize(_ bytes: [UInt8], loss: inout [Loss: LossCount]) -> [UInt8] {
        let text = Utf8Repair.repaired(bytes, loss: &loss)
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < text.count {
            let (end, next) = lineEnd(text, from: start)
            append(text, start..<end, to: &result)
            start = next
        }
        return result
    }

    /// Where the line ends and where the next begins: LF, CRLF, CR, and U+2028 and U+2029.
    private static func lineEnd(_ text: [UInt8], from start: Int) -> (end: Int, next: Int) {
        text.withUnsafeBufferPointer { text in
            var at = start
            while at < text.count {
                let byte = text[at]
                if byte == 0x0A { return (at, at + 1) }
                if byte == 0x0D { return (at, at + (at + 1 < text.count && text[at + 1] == 0x0A ? 2 : 1)) }
                if byte == 0xE2, at + 2 < text.count, text[at + 1] == 0x80, text[at + 2] & 0xFE == 0xA8 {
                    return (at, at + 3)
                }
                at += 1
            }
            return (text.count, text.count)
        }
    }

    private static func append(_ text: [UInt8], _ range: Range<Int>, to result: inout [UInt8]) {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, isSpace(text[lower]) { lower += 1 }
        while lower < upper, isSpace(text[upper - 1]) { upper -= 1 }
        guard lower < upper else { return }
        if !result.isEmpty { result.append(0x0A) }
        result += text[lower..<upper]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
