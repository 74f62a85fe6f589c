/// Reads one pattern of the rule language described in `template-rules.txt`.
struct TemplatePatternParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The whole pattern, or nil when it is not well formed.
    mutating func parse() -> [TemplateRules.Piece]? {
        guard let pieces = sequence(inGroup: false), position == bytes.count else { return nil }
        return pieces
    }

    private mutating func sequence(inGroup: Bool) -> [TemplateRules.Piece]? {
        var pieces: [TemplateRules.Piece] = []
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "]") { break }
            position += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                text.append(escaped)
                // A mark that is no text: nothing, and yet nothing that is missing.
                if escaped == WikitextMark.literal { text.append(escaped) }
                // A line begins too, so that lists in what follows are lists.
                if escaped == WikitextMark.paragraph { text.append(0x0A) }
            case UInt8(ascii: "$"):
                guard let keys = keys() else { return nil }
                flush()
                pieces.append(.argument(keys))
            case UInt8(ascii: "["):
                flush()
                guard let group = sequence(inGroup: true) else { return nil }
                pieces.append(.group(group))
            case UInt8(ascii: "'") where !isPaired(position - 1): text.append(WikitextMark.apostrophe)
            default: text.append(byte)
            }
        }
        flush()
        if inGroup {
            guard position < bytes.count else { return nil }
            position += 1
        }
        return pieces

        func flush() {
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
        }
    }

    /// Whether an apostrophe is part of a mark of italics or bold.
    private func isPaired(_ place: Int) -> Bool {
        (place > 0 && bytes[place - 1] == bytes[place]) || (place + 1 < bytes.count && bytes[place + 1] == bytes[place])
    }

    /// `\n` ends a paragraph, `\s` is a blank, `\0` is nothing, anything else stands for itself.
    private mutating func escape() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "n"): return WikitextMark.paragraph
        case UInt8(ascii: "s"): return 0x20
        case UInt8(ascii: "0"): return WikitextMark.literal
        default: return bytes[position]
        }
    }

    /// What follows a dollar sign: `1`, `name` or `{1|name|"text"}`.
    private mutating func keys() -> [TemplateRules.Key]? {
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "{") {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
            let parts = bytes[(position + 1)..<end].split(separator: UInt8(ascii: "|"))
            position = end + 1
            let keys = parts.compactMap { Self.key($0) }
            return keys.count == parts.count && !keys.isEmpty ? keys : nil
        }
        var end = position
        if bytes[end].isASCIIDigit {
            end += 1
        } else {
            while end < bytes.count, bytes[end].isASCIILetter { end += 1 }
        }
        defer { position = end }
        return Self.key(bytes[position..<end]).map { [$0] }
    }

    private static func key(_ word: ArraySlice<UInt8>) -> TemplateRules.Key? {
        guard let first = word.first, let last = word.last else { return nil }
        if first == UInt8(ascii: "\""), last == first, word.count >= 2 {
            return .text(Array(word.dropFirst().dropLast()))
        }
        if let number = String(decoding: word, as: UTF8.self).wholeNumber { return .position(number) }
        return word.elementsEqual("last".utf8) ? .last : .named(Array(word))
    }
}
