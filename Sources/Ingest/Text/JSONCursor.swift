/// A place in a JSON text and the tokens that can stand there.
struct JSONCursor {
    /// A string's inner bytes.
    struct Text {
        var range: Range<Int>
        /// Whether it has no escapes.
        var isPlain: Bool
    }

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The byte here; 0, which no token begins with, at the end.
    var byte: UInt8 { @inline(__always) get { at < bytes.count ? bytes[at] : 0 } }

    func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(message: at < bytes.count ? message : "ends too early", column: at + 1)
    }

    @inline(__always)
    mutating func advance() { at &+= 1 }

    @inline(__always)
    mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 0x20, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) {
            // Vertical tab and form feed are no white space of JSON.
            if bytes[at] == 0x0B || bytes[at] == 0x0C { return }
            at &+= 1
        }
    }

    /// Passes over the string that begins here.
    @inline(__always)
    mutating func string() throws(JSONSyntaxError) -> Text {
        let start = at &+ 1
        at = ByteScan.endOfPlainString(bytes, from: start)
        if at < bytes.count, bytes[at] == 0x22 {
            at &+= 1
            return Text(range: start..<(at &- 1), isPlain: true)
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> Text {
        while at < bytes.count {
            switch bytes[at] {
            case 0x22:
                at += 1
                return Text(range: start..<(at - 1), isPlain: false)
            case 0x5C: try escape()
            default: throw error("a control character stands in a string")
            }
            at = ByteScan.endOfPlainString(bytes, from: at)
        }
        throw error("")
    }

    private mutating func escape() throws(JSONSyntaxError) {
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        case UInt8(ascii: "u"):
            at += 1
            for _ in 0..<4 {
                guard JSONString.digit(byte) != nil else { throw error("\\u needs four hexadecimal digits") }
                at += 1
            }
        default: throw error("a backslash is followed by no escape")
        }
    }

    mutating func literal(_ text: StaticString) throws(JSONSyntaxError) {
        let end = at + text.utf8CodeUnitCount
        let matches =
            end <= bytes.count
            && text.withUTF8Buffer { $0.elementsEqual(UnsafeBufferPointer(rebasing: bytes[at..<end])) }
        guard matches else { throw error("a value is missing") }
        at = end
    }

    mutating func number() throws(JSONSyntaxError) {
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard byte.isASCIIDigit else { throw error("a value is missing") }
        while byte.isASCIIDigit { at += 1 }
    }
}
