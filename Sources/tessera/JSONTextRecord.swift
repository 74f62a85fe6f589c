import Foundation
import Streaming

/// One `{"id", "lang", "text"}` line of the filters' `--jsonl`, read without a copy of what is not needed.
///
/// A plain line, whose values are strings, whole numbers or literals, is read here; any other goes the long way over
/// `JSONLine`, which also says what is wrong with it. Linear in the line.
struct JSONTextRecord {
    /// The value of `id` as it is written in JSON.
    var id: [UInt8]
    var language: String?
    var text: [UInt8]

    /// Reads a line of `bytes`; nil for a blank one.
    init?(_ bytes: [UInt8], _ line: Range<Int>) throws(Failure) {
        if bytes[line].allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { return nil }
        var reader = PlainJSONReader(bytes: bytes, line: line)
        if let record = reader.record() {
            self = record
            return
        }
        guard let object = try JSONLine.parse(Array(bytes[line])) else { return nil }
        text = try JSONLine.text(object)
        language = object["lang"] as? String
        id = try JSONLine.value(object["id"] ?? "")
    }

    init(id: [UInt8], language: String?, text: [UInt8]) { (self.id, self.language, self.text) = (id, language, text) }

    /// Appends text as a JSON string.
    static func append(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        output.append(0x22)
        var start = text.startIndex
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            output.append(contentsOf: text[start..<index])
            start = index + 1
            append(escaped: byte, to: &output)
        }
        output.append(contentsOf: text[start...])
        output.append(0x22)
    }

    private static func append(escaped byte: UInt8, to output: inout [UInt8]) {
        output.append(0x5C)
        switch byte {
        case 8: output.append(UInt8(ascii: "b"))
        case 9: output.append(UInt8(ascii: "t"))
        case 10: output.append(UInt8(ascii: "n"))
        case 12: output.append(UInt8(ascii: "f"))
        case 13: output.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: output.append(byte)
        default:
            let digits = Array("0123456789abcdef".utf8)
            output += [UInt8(ascii: "u"), 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}

/// Reads a JSON object of plain values; gives up on anything else.
private struct PlainJSONReader {
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    init(bytes: [UInt8], line: Range<Int>) {
        self.bytes = bytes
        position = line.lowerBound
        end = line.upperBound
    }

    mutating func record() -> JSONTextRecord? {
        var (id, language, text): ([UInt8]?, [UInt8]?, [UInt8]?)
        guard take(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")) else { return nil }
            skipSpace()
            let start = position
            switch key {
            case Array("id".utf8):
                guard id == nil, value() else { return nil }
                id = Array(bytes[start..<position])
            case Array("lang".utf8):
                guard language == nil, let value = string() else { return nil }
                language = value
            case Array("text".utf8):
                guard text == nil, let value = string() else { return nil }
                text = value
            default: guard value() else { return nil }
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")), let text else { return nil }
        skipSpace()
        guard position == end else { return nil }
        return JSONTextRecord(
            id: id ?? Array("\"\"".utf8), language: language.map { String(decoding: $0, as: UTF8.self) }, text: text)
    }

    private mutating func skipSpace() {
        while position < end, [0x20, 9, 13].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Passes over a string, a whole number or a literal.
    private mutating func value() -> Bool {
        guard position < end else { return false }
        if bytes[position] == 0x22 { return string() != nil }
        let start = position
        while position < end, ![0x2C, 0x7D, 0x20, 9, 13].contains(bytes[position]) { position += 1 }
        let token = bytes[start..<position]
        if ["null", "true", "false"].contains(where: { token.elementsEqual($0.utf8) }) { return true }
        let digits = token.first == 0x2D ? token.dropFirst() : token
        return !digits.isEmpty && digits.count < 18 && (digits.first != 0x30 || digits.count == 1)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The string at the position, without its escapes; nil if there is none, or not a valid one.
    private mutating func string() -> [UInt8]? {
        skipSpace()
        guard position < end, bytes[position] == 0x22 else { return nil }
        position += 1
        var result: [UInt8] = []
        var start = position
        var isASCII = true
        while position < end {
            let byte = bytes[position]
            if byte == 0x22 {
                result.append(contentsOf: bytes[start..<position])
                position += 1
                return isASCII || String(validating: result, as: UTF8.self) != nil ? result : nil
            }
            if byte < 0x20 { return nil }
            if byte >= 0x80 { isASCII = false }
            guard byte == 0x5C else {
                position += 1
                continue
            }
            result.append(contentsOf: bytes[start..<position])
            guard escape(&result) else { return nil }
            start = position
        }
        return nil
    }

    private mutating func escape(_ result: inout [UInt8]) -> Bool {
        guard position + 1 < end else { return false }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case 0x22, 0x5C, 0x2F: result.append(letter)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"):
            guard var value = hexadecimal() else { return false }
            if (0xD800...0xDBFF).contains(value) {
                guard position + 1 < end, bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u") else {
                    return false
                }
                position += 2
                guard let low = hexadecimal(), (0xDC00...0xDFFF).contains(low) else { return false }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { return false }
            result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: return false
        }
        return true
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= end else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
