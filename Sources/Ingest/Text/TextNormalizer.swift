internal import Storage

/// Plain text as a corpus wants it: valid UTF-8, one paragraph a line, no blank lines, no white space at line ends.
enum TextNormalizer {
    /// - Parameter loss: counts the repairs of the encoding.
    static func normalize(_ bytes: [UInt8], loss: inout [Loss: LossCount]) -> [UInt8] {
        let text = Utf8Repair.repaired(bytes, loss: &loss)
        return [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            text.withUnsafeBufferPointer { text in
                // The output is never longer than the text: paragraphs shrink, and a line feed stands for a line end.
                var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
                while start < text.count {
                    let (end, next) = lineEnd(text, from: start)
                    append(text, start, end, to: output, &count)
                    start = next
                }
            }
        }
    }

    /// Where the line ends and where the next begins: LF, CRLF, CR, and U+2028 and U+2029.
    private static func lineEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, next: Int) {
        var at = start
        while true {
            at = ByteScan.endOfLine(text, from: at)
            guard at < text.count else { return (at, at) }
            switch text[at] {
            case 0x0A: return (at, at + 1)
            case 0x0D: return (at, at + (at + 1 < text.count && text[at + 1] == 0x0A ? 2 : 1))
            default:
                if at + 2 < text.count, text[at + 1] == 0x80, text[at + 2] & 0xFE == 0xA8 { return (at, at + 3) }
                at += 1
            }
        }
    }

    private static func append(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, to output: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) {
        var (lower, upper) = (start, end)
        while lower < upper, isSpace(text[lower]) { lower += 1 }
        while lower < upper, isSpace(text[upper - 1]) { upper -= 1 }
        guard lower < upper, let target = output.baseAddress, let source = text.baseAddress else { return }
        if count > 0 {
            target[count] = 0x0A
            count += 1
        }
        (target + count).update(from: source + lower, count: upper - lower)
        count += upper - lower
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
