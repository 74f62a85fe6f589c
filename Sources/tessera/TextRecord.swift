import Foundation
import Streaming

/// One `{"id": ..., "text": ...}` of a JSON lines file, read and written as bytes.
///
/// Flat objects are read in one pass without building any; what is unusual goes through Foundation, to the same result.
struct TextRecord {
    /// The id as it stands in JSON.
    var id: [UInt8]
    var text: [UInt8]
    var title: String

    /// The record of a line; nil for a blank one.
    init?(_ line: [UInt8]) throws(Failure) {
        if let record = Self.scan(line.span) {
            self = record
            return
        }
        guard let object = try JSONLine.parse(line) else { return nil }
        text = try JSONLine.text(object)
        title = object["title"] as? String ?? ""
        // `{"id":` and `}` around it, and the line's end.
        id = Array(try JSONLine.format(["id": object["id"] ?? ""]).dropFirst(6).dropLast(2))
    }

    private init(id: [UInt8], text: [UInt8], title: String) {
        (self.id, self.text, self.title) = (id, text, title)
    }

    /// Writes `{"id":...,"text":"..."}` and a line's end.
    static func write(id: [UInt8], text: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: #"{"id":"#.utf8)
        output.append(contentsOf: id)
        output.append(contentsOf: #","text":""#.utf8)
        var copied = 0
        let bytes = text.span
        for place in bytes.indices where bytes[place] < 0x20 || bytes[place] == 0x22 || bytes[place] == 0x5C {
            output.append(contentsOf: text[copied..<place])
            output.append(contentsOf: escape(bytes[place]).utf8)
            copied = place + 1
        }
        output.append(contentsOf: text[copied...])
        output.append(contentsOf: "\"}\n".utf8)
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x0A: return "\\n"
        case 0x09: return "\\t"
        case 0x0D: return "\\r"
        case 0x22: return "\\\""
        case 0x5C: return "\\\\"
        default:
            let digits = String(byte, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    // MARK: Reading

    /// A flat object of strings, numbers and words; nil when it is anything else.
    private static func scan(_ bytes: Span<UInt8>) -> TextRecord? {
        var place = skipBlanks(bytes, 0)
        guard place < bytes.count, bytes[place] == UInt8(ascii: "{") else { return nil }
        var (id, text, title): ([UInt8]?, [UInt8]?, [UInt8]?)
        place = skipBlanks(bytes, place + 1)
        while true {
            guard let key = string(bytes, &place) else { return nil }
            place = skipBlanks(bytes, place)
            guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { return nil }
            place = skipBlanks(bytes, place + 1)
            let start = place
            guard place < bytes.count else { return nil }
            var value: [UInt8]?
            if bytes[place] == UInt8(ascii: "\"") {
                value = string(bytes, &place)
                guard value != nil else { return nil }
            } else {
                while place < bytes.count, isPlain(bytes[place]) { place += 1 }
                guard place > start else { return nil }
            }
            if key.elementsEqual("id".utf8) {
                id = bytes.extracting(start..<place).withUnsafeBufferPointer { Array($0) }
            }
            if key.elementsEqual("text".utf8) { text = value }
            if key.elementsEqual("title".utf8) { title = value }
            place = skipBlanks(bytes, place)
            guard place < bytes.count else { return nil }
            if bytes[place] == UInt8(ascii: "}") { break }
            guard bytes[place] == UInt8(ascii: ",") else { return nil }
            place = skipBlanks(bytes, place + 1)
        }
        guard skipBlanks(bytes, place + 1) == bytes.count, let text else { return nil }
        return TextRecord(id: id ?? Array("\"\"".utf8), text: text, title: String(decoding: title ?? [], as: UTF8.self))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x2D || byte == 0x2E
            || byte == 0x2B
    }

    private static func skipBlanks(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var place = start
        while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0D { place += 1 }
        return place
    }

    /// The string that begins at `place`, which moves behind it; nil when it is not well formed.
    private static func string(_ bytes: Span<UInt8>, _ place: inout Int) -> [UInt8]? {
        guard place < bytes.count, bytes[place] == 0x22 else { return nil }
        var result: [UInt8] = []
        var start = place + 1
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte != 0x22, byte != 0x5C {
                if byte < 0x20 { return nil }
                position += 1
                continue
            }
            bytes.extracting(start..<position).withUnsafeBufferPointer { result.append(contentsOf: $0) }
            position += 1
            if byte == 0x22 {
                place = position
                return result
            }
            guard unescape(bytes, &position, &result) else { return nil }
            start = position
        }
        return nil
    }

    /// Appends what an escape at `position` stands for; false when it stands for nothing.
    private static func unescape(_ bytes: Span<UInt8>, _ position: inout Int, _ result: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "u"):
            guard var value = unit(bytes, &position) else { return false }
            if (0xD800..<0xDC00).contains(value) {
                guard position + 1 < bytes.count, bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u")
                else { return false }
                position += 2
                guard let low = unit(bytes, &position), (0xDC00..<0xE000).contains(low) else { return false }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { return false }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default: return false
        }
        return true
    }

    private static func unit(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for place in position..<position + 4 {
            let byte = bytes[place]
            let letter = byte | 0x20
            if byte >= 0x30, byte <= 0x39 {
                value = value << 4 | UInt32(byte - 0x30)
            } else if letter >= 0x61, letter <= 0x66 {
                value = value << 4 | UInt32(letter - 0x61 + 10)
            } else {
                return nil
            }
        }
        position += 4
        return value
    }
}
