/// Takes the marks of citations out of a paragraph where they are no part of a sentence.
///
/// Citations with nothing but separators between them are a group. A group goes when brackets hold it and nothing else,
/// with the brackets; when it is above the line; and when it is brackets with numbers by itself. Anything else stays,
/// and so do years in brackets behind a name, which they are a part of: `Lund (2010) showed`.
struct CitationMarks {
    /// A citation in the paragraph.
    struct Mark {
        var range: Range<Int>
        var isAbove: Bool
    }

    private let text: [UInt8]
    private let marks: [Mark]

    private init(_ text: [UInt8], _ marks: [Mark]) {
        self.text = text
        self.marks = marks
    }

    /// The paragraph without such marks, how many went and how many bytes they had.
    static func removed(from text: [UInt8], _ marks: [Mark]) -> (text: [UInt8], marks: Int, bytes: Int) {
        let sound = marks.filter { !$0.range.isEmpty && $0.range.upperBound <= text.count }
        guard !sound.isEmpty else { return (text, 0, 0) }
        return CitationMarks(text, sound).result()
    }

    private func result() -> (text: [UInt8], marks: Int, bytes: Int) {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var copied = 0
        var gone = 0
        var first = 0
        // Where the last group that went stood in the output.
        var hole = -1
        while first < marks.count {
            let last = endOfGroup(first)
            if let cut = cut(marks[first...last]), cut.lowerBound >= copied {
                output += text[copied..<cut.lowerBound]
                copied = cut.upperBound
                gone += last - first + 1
                dropJoint(&output, copied, hole)
                tidy(&output, &copied)
                hole = output.count
            }
            first = last + 1
        }
        output += text[copied...]
        return (output, gone, text.count - output.count)
    }

    /// The last mark of the group that begins with mark `first`.
    private func endOfGroup(_ first: Int) -> Int {
        var last = first
        while last + 1 < marks.count,
            isSeparators(
                marks[last].range.upperBound, max(marks[last].range.upperBound, marks[last + 1].range.lowerBound))
        { last += 1 }
        return last
    }

    /// Whether nothing but spaces, commas, semicolons, ampersands and dashes stands there.
    private func isSeparators(_ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end {
            switch text[at] {
            case 0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "-"), UInt8(ascii: "&"): at += 1
            case 0xE2 where at + 2 < end && isDash(at): at += 3
            default: return false
            }
        }
        return true
    }

    /// U+2010 to U+2015 and the minus sign.
    private func isDash(_ at: Int) -> Bool {
        (text[at + 1] == 0x80 && (0x90...0x95).contains(text[at + 2])) || (text[at + 1] == 0x88 && text[at + 2] == 0x92)
    }

    /// What goes with a group, nil when it stays.
    private func cut(_ group: ArraySlice<Mark>) -> Range<Int>? {
        guard let first = group.first?.range, let last = group.last?.range else { return nil }
        var (start, end) = (first.lowerBound, last.upperBound)
        while start > 0, text[start - 1] == 0x20 { start -= 1 }
        while end < text.count, text[end] == 0x20 { end += 1 }
        if start > 0, end < text.count, closes(text[start - 1], text[end]) {
            let isPart = isYear(first) && followsName(start - 1)
            return isPart ? nil : (start - 1)..<(end + 1)
        }
        if group.allSatisfy({ isBracketed($0.range) && isYear($0.range) }), followsName(first.lowerBound) { return nil }
        let goes = group.allSatisfy { isNumeric($0.range) && ($0.isAbove || isBracketed($0.range)) }
        return goes ? first.lowerBound..<last.upperBound : nil
    }

    private func closes(_ open: UInt8, _ close: UInt8) -> Bool {
        (open == UInt8(ascii: "(") && close == UInt8(ascii: ")"))
            || (open == UInt8(ascii: "[") && close == UInt8(ascii: "]"))
    }

    private func isBracketed(_ range: Range<Int>) -> Bool {
        guard let first = text[range].first, let last = text[range].last else { return false }
        return closes(first, last)
    }

    /// Whether it is a year, `2010` or `2010a`, with or without brackets.
    private func isYear(_ range: Range<Int>) -> Bool {
        let inner = isBracketed(range) ? range.dropFirst().dropLast() : range[...]
        let digits = inner.prefix { text[$0] >= 0x30 && text[$0] <= 0x39 }
        guard digits.count == 4, let first = digits.first, let last = inner.last else { return false }
        let century = (text[first] - 0x30) * 10 + text[first + 1] - 0x30
        guard (15...20).contains(century) else { return false }
        return inner.count == 4 || inner.count == 5 && text[last].isASCIILetter
    }

    private static let nameEnds = ["al", "colleagues", "coworkers", "co-workers", "collaborators", "others"]
        .map { Array($0.utf8) }

    /// Whether the word before a place is a name, or what stands for the others of an article's authors.
    private func followsName(_ place: Int) -> Bool {
        var end = place
        while end > 0, text[end - 1] == 0x20 { end -= 1 }
        if end > 0, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        var start = end
        while start > 0, end - start < 80, text[start - 1] != 0x20, text[start - 1] != UInt8(ascii: "(") { start -= 1 }
        let word = text[start..<end]
        guard let first = String(decoding: word.prefix(4), as: UTF8.self).unicodeScalars.first else { return false }
        return first.properties.isUppercase || Self.nameEnds.contains { $0.elementsEqual(word) }
    }

    private static let joints = ["and", "or", "und", "et", "&"].map { Array($0.utf8) }

    /// Takes away the word that joined a group that goes to one before it, when that has gone too or nothing follows.
    private func dropJoint(_ output: inout [UInt8], _ next: Int, _ hole: Int) {
        var end = output.count
        while end > 0, output[end - 1] == 0x20 { end -= 1 }
        guard let joint = Self.joints.first(where: { output[..<end].suffix($0.count).elementsEqual($0) }) else {
            return
        }
        let start = end - joint.count
        guard start > 0, output[start - 1] == 0x20 || start == hole else { return }
        var before = start
        while before > 0, output[before - 1] == 0x20 { before -= 1 }
        let isLast = next == text.count || [UInt8](".,;:!?)".utf8).contains(text[next])
        guard isLast || hole >= before && hole <= start else { return }
        output.removeLast(output.count - start)
        if isLast { while output.last == 0x20 { output.removeLast() } }
    }

    /// Whether it holds no two letters in a row: `12`, `3a`, `[4-7]`, `*`.
    private func isNumeric(_ range: Range<Int>) -> Bool {
        var letters = 0
        for byte in text[range] {
            letters = byte.isASCIILetter ? letters + 1 : 0
            if letters > 1 { return false }
        }
        return true
    }

    /// No space before a full stop, no two spaces where a mark was.
    private func tidy(_ output: inout [UInt8], _ copied: inout Int) {
        guard output.last == 0x20 || output.isEmpty else { return }
        if copied < text.count, text[copied] == 0x20 {
            copied += 1
        } else if copied == text.count || [UInt8](".,;:!?)]".utf8).contains(text[copied]) {
            if !output.isEmpty { output.removeLast() }
        }
    }
}
