/// Character references of HTML: the names of HTML 5, and numbers.
enum HTMLEntities {
    /// The text named by the bytes from `start` up to a semicolon, the ampersand being just before `start`; nil when
    /// MediaWiki leaves the reference as it stands.
    static func decode(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (text: String, end: Int)? {
        guard start < end else { return nil }
        if bytes[start] == UInt8(ascii: "#") { return number(bytes, start + 1, end) }
        var stop = start
        while stop < end, stop < start + 32, bytes[stop].isASCIILetter || bytes[stop].isASCIIDigit { stop += 1 }
        if stop == start, bytes[start] >= 0xD7, bytes[start] < 0xDA { return localName(bytes, start, end) }
        guard stop > start, stop < end, bytes[stop] == UInt8(ascii: ";"),
            let index = table.names.find(bytes, start..<stop)
        else { return nil }
        return (table.texts[index], stop + 1)
    }

    /// The two names of MediaWiki's own, both of the mark that turns the direction of writing to the left.
    private static func localName(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (text: String, end: Int)? {
        for name in ["רלמ;", "رلم;"] where end - start >= name.utf8.count {
            let isSame = zip(start..., name.utf8).allSatisfy { bytes[$0] == $1 }
            if isSame { return ("\u{200F}", start + name.utf8.count) }
        }
        return nil
    }

    /// A text with all its references resolved.
    static func decoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "&"), let found = decode(bytes.span, place + 1, bytes.count) {
                result.append(contentsOf: found.text.utf8)
                place = found.end
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (text: String, end: Int)? {
        guard start < end else { return nil }
        let isHexadecimal = bytes[start] | 0x20 == UInt8(ascii: "x")
        var stop = isHexadecimal ? start + 1 : start
        let first = stop
        var value: UInt32 = 0
        while stop < end, let digit = digit(bytes[stop], isHexadecimal) {
            value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
            stop += 1
        }
        guard stop > first, stop < end, bytes[stop] == UInt8(ascii: ";"), isAllowed(value),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return (String(Character(scalar)), stop + 1)
    }

    private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt32? {
        if byte.isASCIIDigit { return UInt32(byte - 0x30) }
        let letter = byte | 0x20
        return isHexadecimal && letter >= 0x61 && letter <= 0x66 ? UInt32(letter - 0x61 + 10) : nil
    }

    /// Control characters and what is no character stay as they stand.
    private static func isAllowed(_ value: UInt32) -> Bool {
        switch value {
        case 0x09, 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static let table: (names: ByteTable, texts: [String]) = {
        var table = ByteTable()
        var texts: [String] = []
        let words = names.split(separator: " ")
        for pair in stride(from: 0, to: words.count - 1, by: 2) {
            var text = ""
            for code in words[pair + 1].split(separator: "+") {
                if let scalar = UInt32(code, radix: 16).flatMap(Unicode.Scalar.init) {
                    text.unicodeScalars.append(scalar)
                }
            }
            let bytes = Array(words[pair].utf8)
            if table.intern(bytes, 0..<bytes.count) == texts.count { texts.append(text) }
        }
        return (table, texts)
    }()
}
