/// One line of output in the making: quotes go, blanks collapse, and what dropped text left behind is tidied.
///
/// Punctuation is touched only next to a gap, so that ordinary text (`f()`, `( )`, ` ...`) stays as it is.
struct WikitextLine {
    private static let plain: [Bool] = (0..<256).map { byte in
        byte > 0x20 && byte != 0x27 && byte != 0x7F && byte != 0xC2 && byte != 0xE2 && byte != 0xE3 && byte != 0xEF
    }

    private(set) var bytes: [UInt8] = []
    /// Whether the line is a list's term, whose ` : ` leads to its definition.
    var isTerm = false
    private var isBlankDue = false
    private var isGap = false
    private let plain = Self.plain

    /// Where the quotes of the source line begin, and the bold mark in it that is an apostrophe and italics.
    private var quoteStart = 0
    private var apostrophe: Int??

    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        (isTerm, isBlankDue, isGap) = (false, false, false)
    }

    /// A blank, if text follows.
    mutating func blank() { isBlankDue = true }

    /// A new line of the source begins at `start`; quotes pair up within it.
    mutating func beginQuotes(at start: Int) {
        quoteStart = start
        apostrophe = .none
    }

    /// Ends the line; whether it holds a word.
    mutating func finish() -> Bool {
        if isGap { trimBeforeGap() }
        while let last = bytes.last, last == 0x20 { bytes.removeLast() }
        return hasWord
    }

    /// Adds text that is a part of the source line ending at `lineEnd`.
    mutating func add(_ text: [UInt8], _ range: Range<Int>, lineEnd: Int) {
        var position = range.lowerBound
        let end = range.upperBound
        while position < end {
            let byte = text[position]
            if plain[Int(byte)] {
                position = run(text, position, end)
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0D:
                isBlankDue = true
                position += 1
            case WikitextMark.gap:
                isGap = true
                position += 1
            case WikitextMark.apostrophe:
                put(0x27)
                position += 1
            case 0x27: position = quotes(text, position, end, lineEnd: lineEnd)
            case 0xC2, 0xE2, 0xE3, 0xEF: position = special(text, position, end)
            default: position += 1
            }
        }
    }

    /// Plain text up to the next byte that needs a look, single blanks within it included.
    private mutating func run(_ text: [UInt8], _ start: Int, _ end: Int) -> Int {
        var start = start
        while isGap || isTerm {
            guard start < end, plain[Int(text[start])] else { return start }
            put(text[start], next: start + 1 < end ? text[start + 1] : 0)
            start += 1
        }
        let source = text.span
        let table = plain
        let isPlain = table.span
        var stop = start
        while stop < end {
            if isPlain[Int(source[stop])] {
                stop += 1
            } else if source[stop] == 0x20, stop + 1 < end, isPlain[Int(source[stop + 1])], stop > start {
                stop += 2
            } else {
                break
            }
        }
        guard stop > start else { return stop }
        writeBlank()
        bytes.append(contentsOf: text[start..<stop])
        return stop
    }

    /// Blanks that are not ASCII become one; characters without width go.
    private mutating func special(_ text: [UInt8], _ position: Int, _ end: Int) -> Int {
        let width = text[position] == 0xC2 ? 2 : 3
        guard position + width <= end, !(1..<width).contains(where: { text[position + $0] & 0xC0 != 0x80 }) else {
            // No UTF-8: passed through byte by byte.
            put(text[position])
            return position + 1
        }
        let (second, third) = (text[position + 1], width == 3 ? text[position + 2] : 0)
        switch (text[position], second, third) {
        case (0xC2, 0xA0, _), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80), (0xC2, 0x85, _):
            isBlankDue = true
        case (0xC2, 0xAD, _), (0xC2, 0x80...0x9F, _), (0xE2, 0x80, 0x8B), (0xE2, 0x80, 0x8E), (0xE2, 0x80, 0x8F),
            (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA0), (0xEF, 0xBB, 0xBF):
            break
        default:
            writeBlank()
            isGap = false
            bytes.append(contentsOf: text[position..<position + width])
        }
        return position + width
    }

    private mutating func writeBlank() {
        if isBlankDue, let last = bytes.last, !(isGap && (last == UInt8(ascii: "(") || last == UInt8(ascii: "["))) {
            bytes.append(0x20)
        }
        isBlankDue = false
    }

    /// One byte of plain text, with the care that a gap or a term asks for.
    private mutating func put(_ byte: UInt8, next: UInt8 = 0) {
        if isTerm, byte == UInt8(ascii: ":"), isBlankDue {
            (isTerm, isBlankDue) = (false, false)
        } else if isGap, !fits(byte, next: next) {
            return
        }
        writeBlank()
        bytes.append(byte)
        isGap = false
    }

    /// Whether a byte after a gap is to be written; tidies what stands before the gap.
    private mutating func fits(_ byte: UInt8, next: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ")"), UInt8(ascii: "]"):
            let open = byte == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "[")
            trimBeforeGap()
            isBlankDue = false
            guard bytes.last == open else { return true }
            bytes.removeLast()
            if bytes.last == 0x20 {
                bytes.removeLast()
                isBlankDue = true
            }
            return false
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"):
            guard let last = bytes.last, last != UInt8(ascii: "("), last != UInt8(ascii: "["), last != UInt8(ascii: ",")
            else {
                isBlankDue = false
                return false
            }
            isBlankDue = false
            return last != UInt8(ascii: ";") && last != UInt8(ascii: ":")
        case UInt8(ascii: ".") where next == byte || next.isASCIIDigit: return true
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            isBlankDue = false
            while let last = bytes.last, last == UInt8(ascii: ",") || last == UInt8(ascii: ";") { bytes.removeLast() }
            return !bytes.isEmpty && !(byte == UInt8(ascii: ".") && bytes.last == byte)
        case UInt8(ascii: "\""):
            guard bytes.last == byte, !isBlankDue else { return true }
            bytes.removeLast()
            return false
        default: return true
        }
    }

    /// Takes away separators that lead to nothing.
    private mutating func trimBeforeGap() {
        while let last = bytes.last, last == 0x20 || last == UInt8(ascii: ",") || last == UInt8(ascii: ";") {
            bytes.removeLast()
        }
    }

    /// Whether there is a letter or digit, or anything beyond ASCII but general punctuation.
    private var hasWord: Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80 {
                index += 3
                continue
            }
            if byte >= 0x80 || byte.isASCIILetter || byte.isASCIIDigit { return true }
            index += 1
        }
        return false
    }
}

/// Apostrophes as marks of italics and bold.
extension WikitextLine {
    /// A run of apostrophes: one is text, two to five are marks; what is over is text.
    private mutating func quotes(_ text: [UInt8], _ position: Int, _ end: Int, lineEnd: Int) -> Int {
        var stop = position
        while stop < end, text[stop] == 0x27 { stop += 1 }
        let count = stop - position
        var kept = count == 1 ? 1 : count == 4 ? 1 : max(0, count - 5)
        if count == 3 || count == 4 {
            if apostrophe == .none { apostrophe = .some(Self.apostrophe(in: text, quoteStart..<lineEnd)) }
            if apostrophe == .some(.some(stop - 3)) { kept += 1 }
        }
        for _ in 0..<kept { put(0x27) }
        return stop
    }

    /// When neither italics nor bold come out even in a line, one bold mark is an apostrophe before italics: the first
    /// after a word of one letter, else the first after a longer word, else the first after a blank.
    private static func apostrophe(in text: [UInt8], _ range: Range<Int>) -> Int? {
        var (italics, bolds) = (0, 0)
        var (single, multiple, blank): (Int?, Int?, Int?)
        var position = range.lowerBound
        while position < range.upperBound {
            guard text[position] == 0x27 else {
                position += 1
                continue
            }
            var stop = position
            while stop < range.upperBound, text[stop] == 0x27 { stop += 1 }
            let count = stop - position
            if count == 2 || count >= 5 { italics += 1 }
            if count >= 3 { bolds += 1 }
            if count == 3 || count == 4 {
                let bold = stop - 3
                let before = bold > range.lowerBound ? text[bold - 1] : 0x20
                let beforeThat = bold - 1 > range.lowerBound ? text[bold - 2] : 0x20
                if before == 0x20 {
                    blank = blank ?? bold
                } else if beforeThat == 0x20 {
                    single = single ?? bold
                } else {
                    multiple = multiple ?? bold
                }
            }
            position = stop
        }
        guard italics % 2 == 1, bolds % 2 == 1 else { return nil }
        return single ?? multiple ?? blank
    }
}
