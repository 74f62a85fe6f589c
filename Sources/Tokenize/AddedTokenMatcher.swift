internal import Foundation

/// Finds added tokens in a text: from left to right, the longest first, none over another.
struct AddedTokenMatcher: Sendable {
    struct Match {
        let id: UInt32
        let range: Range<Int>
    }

    /// Tokens by their first byte, the longest first.
    private let tokens: [[AddedToken]]
    /// The only first byte, for a quick search; nil if there are several.
    private let onlyFirst: UInt8?

    /// - Returns: nil if there is nothing to find.
    init?(_ found: [AddedToken]) {
        var tokens = [[AddedToken]](repeating: [], count: 256)
        for token in found where !token.content.isEmpty { tokens[Int(token.content[0])].append(token) }
        for first in tokens.indices {
            // Of equal ones the first counts.
            tokens[first] = tokens[first].enumerated().sorted {
                ($1.element.content.count, $0.offset) < ($0.element.content.count, $1.offset)
            }.map(\.element)
        }
        let firsts = tokens.indices.filter { !tokens[$0].isEmpty }
        if firsts.isEmpty { return nil }
        onlyFirst = firsts.count == 1 ? UInt8(firsts[0]) : nil
        self.tokens = tokens
    }

    /// The first match that begins at `start` or later.
    func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Match? {
        var position = start
        while let candidate = candidate(in: text, from: position) {
            guard let token = token(in: text, at: candidate) else {
                position = candidate + 1
                continue
            }
            let range = candidate..<candidate + token.content.count
            if !token.isSingleWord || !WordCharacters.touch(text, range) {
                return Match(id: UInt32(bitPattern: token.id), range: range)
            }
            position = range.upperBound
        }
        return nil
    }

    private func candidate(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < text.count, let base = text.baseAddress else { return nil }
        if let onlyFirst {
            guard let found = memchr(base + start, Int32(onlyFirst), text.count - start) else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
        return (start..<text.count).first { !tokens[Int(text[$0])].isEmpty }
    }

    private func token(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> AddedToken? {
        tokens[Int(text[position])].first { token in
            position + token.content.count <= text.count && text[position...].starts(with: token.content)
        }
    }
}

/// What regular expressions call word characters, around a token that has to be a word of its own.
enum WordCharacters {
    /// Whether a word character stands right before or right after `range`.
    static func touch(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        isWord(before: range.lowerBound, text) || range.upperBound < text.count && isWord(at: range.upperBound, text)
    }

    private static func isWord(before end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = end
        while start > 0, end - start < 4 {
            start -= 1
            if text[start] & 0xC0 != 0x80 { return isWord(at: start, text) }
        }
        return false
    }

    private static func isWord(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let scalar = Unicode.Scalar(UTF8Decoding.next(text, at: position).scalar) else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return scalar.properties.isAlphabetic || scalar.properties.isJoinControl
        }
    }
}
