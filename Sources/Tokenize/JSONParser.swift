internal import Streaming

/// Reads one JSON text (RFC 8259), nested at most 64 deep.
struct JSONParser {
    private let bytes: [UInt8]
    private let place: String
    private var position = 0
    private static let deepest = 64

    /// Parses `bytes`; `place` is what failures name.
    static func parse(_ bytes: [UInt8], place: String) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes: bytes, place: place)
        let value = try parser.value(depth: 0)
        guard parser.next() == nil else { throw parser.failure("goes on after its end") }
        return value
    }

    private init(bytes: [UInt8], place: String) {
        (self.bytes, self.place) = (bytes, place)
    }

    private func failure(_ what: String) -> Failure {
        Failure(.badData, "the JSON \(what)", at: "\(place): byte \(position)", remedy: "restore the file")
    }

    /// The next byte that is no white space, without passing it.
    private mutating func next() -> UInt8? {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < JSONParser.deepest else { throw failure("is nested too deep") }
        switch next() {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("has no value here") }
        position += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var members: [(key: [UInt8], value: JSONValue)] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            guard next() == UInt8(ascii: "\"") else { throw failure("has no key here") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw failure("has no colon here") }
            members.append((key, try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("has an object without an end") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat { values.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("has an array without an end") }
        return .array(values)
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
        guard start < position, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw failure("has no value here")
        }
        return .number(value)
    }

    private mutating func string() throws(Failure) -> [UInt8] {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            if byte == UInt8(ascii: "\\") { try escape(&text) } else { text.append(byte) }
        }
        throw failure("has a string without an end")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Failure) {
        guard position < bytes.count else { throw failure("has a string without an end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): UTF8Decoding.append(try escapedScalar(), to: &text)
        default: throw failure("has an unknown escape")
        }
    }

    /// Four hexadecimal digits, or eight of a surrogate pair.
    private mutating func escapedScalar() throws(Failure) -> UInt32 {
        let first = try hexadecimal()
        guard first & 0xF800 == 0xD800 else { return first }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure("has half a surrogate pair")
        }
        let second = try hexadecimal()
        guard second & 0xFC00 == 0xDC00 else { throw failure("has half a surrogate pair") }
        return 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        let digits = bytes[position..<min(position + 4, bytes.count)]
        guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw failure("has an escape without four hexadecimal digits")
        }
        position += 4
        return value
    }
}
