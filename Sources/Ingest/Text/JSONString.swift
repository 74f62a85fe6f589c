/// The characters a JSON string stands for.
enum JSONString {
    /// Appends what the string's inner bytes `range` stand for; they are known to be well-formed.
    /// - Returns: halves of surrogate pairs that stood alone; each became U+FFFD.
    static func append(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to output: inout [UInt8]
    ) -> Int {
        var alone = 0
        var at = range.lowerBound
        while at < range.upperBound {
            let plain = min(ByteScan.endOfPlainString(bytes, from: at), range.upperBound)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[at..<plain]))
            guard plain < range.upperBound else { break }
            at = escape(bytes, plain + 1, range.upperBound, &output, &alone)
        }
        return alone
    }

    /// Decodes the escape whose letter is at `at`; gives where it ends.
    private static func escape(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int, _ output: inout [UInt8], _ alone: inout Int
    ) -> Int {
        switch bytes[at] {
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "u"): return unicode(bytes, at + 1, end, &output, &alone)
        default: output.append(bytes[at])
        }
        return at + 1
    }

    private static func unicode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int, _ output: inout [UInt8], _ alone: inout Int
    ) -> Int {
        let unit = value(bytes, at)
        if unit & 0xFC00 == 0xD800, at + 10 <= end, bytes[at + 4] == 0x5C, bytes[at + 5] == UInt8(ascii: "u") {
            let second = value(bytes, at + 6)
            if second & 0xFC00 == 0xDC00 {
                append(0x10000 + (unit & 0x3FF) << 10 + second & 0x3FF, to: &output)
                return at + 10
            }
        }
        if unit & 0xF800 == 0xD800 {
            alone += 1
            append(0xFFFD, to: &output)
        } else {
            append(unit, to: &output)
        }
        return at + 4
    }

    private static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | UInt32(digit(bytes[at + $1]) ?? 0) }
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func append(_ value: UInt32, to output: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(value) else { return }
        output.append(contentsOf: UTF8.encode(scalar)!)
    }
}
