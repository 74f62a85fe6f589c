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
        let plain = bytes.withUnsafeBufferPointer { bytes in
            var reader = PlainJSONReader(bytes: bytes, line: line)
            return reader.record()
        }
        if let plain {
            self = plain
            return
        }
        guard let object = try JSONLine.parse(Array(bytes[line])) else { return nil }
        text = try JSONLine.text(object)
        language = object["lang"] as? String
        id = try JSONLine.value(object["id"] ?? "")
    }

    init(id: [UInt8], language: String?, text: [UInt8]) { (self.id, self.language, self.text) = (id, language, text) }

    /// Appends text as a JSON string.
    static func append(_ text: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
        output.append(0x22)
        text.withUnsafeBufferPointer { text in
            var start = range.lowerBound
            while true {
                let place = ByteScan.stringEnd(text, start..<range.upperBound).place
                output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<place]))
                guard place < range.upperBound else { break }
                append(escaped: text[place], to: &output)
                start = place + 1
            }
        }
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
///
/// It lives no longer than the buffer it reads.
private struct PlainJSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var position: Int

    init(bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) {
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
            if key.elementsEqual("id".utf8) {
                guard id == nil, value() else { return nil }
                id = Array(bytes[start..<position])
            } else if key.elementsEqual("lang".utf8) {
                guard language == nil, let value = string() else { return nil }
                language = value
            } else if key.elementsEqual("text".utf8) {
                guard text == nil, let value = string() else { return nil }
                text = value
            } else {
                guard value() else { return nil }
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")), let text else { return nil }
        skipSpace()
        guard position == end else { return nil }
        return JSONTextRecord(
            id: id ?? Array("\"\"".utf8), language: language.map { String(decoding: $0, as: UTF8.self) }, text: text)
    }

    private mutating func skipSpace() {
        while position < end, isBlank(bytes[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 13 }

    private func endsValue(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0x2C || byte == 0x7D }

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
        while position < end, !endsValue(bytes[position]) { position += 1 }
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
        var isASCII = true
        while true {
            let found = ByteScan.stringEnd(bytes, position..<end)
            isASCII = isASCII && found.isASCII
            guard found.place < end else { return nil }
            // A long text is known by its first escape: there is room for all of it at once.
            if result.isEmpty, bytes[found.place] == 0x5C { result.reserveCapacity(end - position) }
            result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<found.place]))
            position = found.place
            switch bytes[position] {
            case 0x22:
                position += 1
                return isASCII || isUTF8(result) ? result : nil
            case 0x5C: guard escape(&result) else { return nil }
            default: return nil
            }
        }
    }

    private func isUTF8(_ text: [UInt8]) -> Bool { (try? UTF8Span(validating: text.span)) != nil }

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
