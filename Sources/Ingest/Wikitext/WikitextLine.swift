/// One line of output in the making: quotes go, entities become characters, blanks collapse, and what dropped text left
/// behind is tidied.
///
/// Punctuation is touched only next to a gap, so that ordinary text (`f()`, `( )`, ` ...`) stays as it is.
struct WikitextLine {
    /// Bytes that are copied as they stand.
    private static let plain: [Bool] = (0..<256).map { byte in
        byte > 0x20 && byte != 0x27 && byte != 0x7F && byte != 0xC2 && byte != 0xE2 && byte != 0xE3 && byte != 0xEF
            && byte != 0x26
    }

    private(set) var bytes: [UInt8] = []
    /// Whether anything was dropped in it.
    private(set) var hadGap = false
    private var isBlankDue = false
    private var isGap = false
    private let plain = Self.plain
    private let special = ByteSet { !Self.plain[Int($0)] }

    /// The line of the source within which quotes pair up.
    private var quoteRange = 0..<0
    private var quotes: WikitextQuotes?

    /// Whether there is anything to finish.
    var isTouched: Bool { !bytes.isEmpty || hadGap }

    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        (isBlankDue, isGap, hadGap) = (false, false, false)
    }

    /// A blank, if text follows.
    mutating func blank() { isBlankDue = true }

    /// Something was dropped here.
    mutating func noteGap() { hadGap = true }

    /// A new line of the source begins; quotes pair up within it.
    mutating func beginQuotes(_ range: Range<Int>) {
        quoteRange = range
        quotes = nil
    }

    /// Ends the line; whether it holds text: a word, where something was dropped.
    mutating func finish() -> Bool {
        if isGap { trimBeforeGap() }
        while let last = bytes.last, last == 0x20 { bytes.removeLast() }
        return hadGap ? hasWord : !bytes.isEmpty
    }

    /// Adds text that is a part of the source line.
    mutating func add(_ text: Span<UInt8>, _ range: Range<Int>) {
        var position = range.lowerBound
        let end = range.upperBound
        let table = plain
        while position < end {
            let byte = text[position]
            if table[Int(byte)] {
                position = run(text, position, end, table.span)
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0D:
                isBlankDue = true
                position += 1
            case WikitextMark.gap:
                (isGap, hadGap) = (true, true)
                position += 1
            case WikitextMark.apostrophe:
                put(0x27)
                position += 1
            case WikitextMark.literal:
                literal(text.at(position + 1))
                position += 2
            case 0x27: position = apostrophes(text, position)
            case 0x26: position = entity(text, position, end)
            case 0xC2, 0xE2, 0xE3, 0xEF: position = special(text, position, end)
            default: position += 1
            }
        }
    }

    /// A character that is text, whatever it looks like.
    private mutating func literal(_ byte: UInt8) {
        if byte == 0x20 { isBlankDue = true } else if byte > 0x20 { put(byte) }
    }

    private mutating func apostrophes(_ text: Span<UInt8>, _ position: Int) -> Int {
        guard position + 1 < quoteRange.upperBound, text[position + 1] == 0x27 else {
            put(0x27)
            return position + 1
        }
        let pairs = quotes ?? WikitextQuotes(text, quoteRange)
        quotes = pairs
        let (kept, end) = pairs.run(text, at: position)
        for _ in 0..<kept { put(0x27) }
        return end
    }

    /// `&name;`.
    private mutating func entity(_ text: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
        guard let found = HTMLEntities.decode(text, position + 1, end) else {
            put(0x26)
            return position + 1
        }
        let decoded = Array(found.text.utf8)
        var place = 0
        while place < decoded.count {
            let byte = decoded[place]
            if byte == 0xC2 || byte == 0xE2 || byte == 0xE3 || byte == 0xEF {
                place = special(decoded.span, place, decoded.count)
            } else {
                if byte <= 0x20 { isBlankDue = true } else { put(byte) }
                place += 1
            }
        }
        return found.end
    }

    /// Plain text up to the next byte that needs a look, single blanks within it included.
    @inline(__always)
    private mutating func run(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ isPlain: Span<Bool>) -> Int {
        var start = start
        while isGap {
            guard start < end, isPlain[Int(text[start])] else { return start }
            if isLoneArabicSeparator(text, start, end) {
                start += 2
                continue
            }
            put(text[start], next: start + 1 < end ? text[start + 1] : 0)
            start += 1
        }
        let stop = special.firstButSingleBlanks(in: text, from: start, to: end)
        guard stop > start else { return stop }
        writeBlank()
        text.extracting(start..<stop).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        return stop
    }

    /// Whether a comma or semicolon of Arabic script after a gap has nothing before it.
    private func isLoneArabicSeparator(_ text: Span<UInt8>, _ place: Int, _ end: Int) -> Bool {
        guard text[place] == 0xD8, place + 1 < end, text[place + 1] == 0x8C || text[place + 1] == 0x9B else {
            return false
        }
        return bytes.isEmpty || bytes.last == UInt8(ascii: "(") || bytes.last == UInt8(ascii: "[")
    }

    /// Blanks that are not ASCII become one; characters without width go.
    private mutating func special(_ text: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
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
            if isGap, !fits(text, position..<position + width) { return position + width }
            writeBlank()
            isGap = false
            for place in position..<position + width { bytes.append(text[place]) }
        }
        return position + width
    }

    @inline(__always)
    private mutating func writeBlank() {
        if isBlankDue, let last = bytes.last, !(isGap && (last == UInt8(ascii: "(") || last == UInt8(ascii: "["))) {
            bytes.append(0x20)
        }
        isBlankDue = false
    }

    /// One byte of plain text, with the care that a gap asks for.
    private mutating func put(_ byte: UInt8, next: UInt8 = 0) {
        if isGap, !fits(byte, next: next) { return }
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
        case UInt8(ascii: "-"): return !(isBlankDue && bytes.suffix(2).elementsEqual([0x20, byte]))
        default: return true
        }
    }

    /// Opening marks by the closing mark that leaves nothing between them, and dashes by themselves.
    private static let partners: [[UInt8]: [[UInt8]]] = {
        var partners: [[UInt8]: [[UInt8]]] = [:]
        for (close, opens) in [
            ("”", ["“", "„"]), ("“", ["„"]), ("’", ["‘", "‚"]), ("‘", ["‚"]), ("»", ["«"]), ("«", ["»"]), ("›", ["‹"]),
            ("‹", ["›"]), ("」", ["「"]), ("』", ["『"]), ("–", ["–"]), ("—", ["—"]), ("）", ["（"]), ("】", ["【"]),
            ("》", ["《"]), ("〉", ["〈"]), ("〕", ["〔"]), ("］", ["［"]),
        ] {
            partners[Array(close.utf8)] = opens.map { Array($0.utf8) }
        }
        return partners
    }()

    /// Separators of Chinese and Japanese, and brackets that open there.
    private static let wideSeparators = ["、", "，", "；", "："].map { Array($0.utf8) }
    private static let wideOpens = ["（", "［", "〔", "(", "["].map { Array($0.utf8) }
    private static let wideCloses = ["）", "］", "〕"].map { Array($0.utf8) }

    /// Marks that open in one language and close in another.
    private static let inverted = ["«", "‹"].map { Array($0.utf8) }

    /// Whether a mark beyond ASCII is to be written after a gap: quotation marks with nothing between them go, and of
    /// two dashes one stays.
    private mutating func fits(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let mark = range.map { text[$0] }
        if Self.wideSeparators.contains(mark) {
            return !bytes.isEmpty && !Self.wideOpens.contains { bytes.suffix($0.count).elementsEqual($0) }
        }
        if Self.wideCloses.contains(mark) { trimBeforeGap() }
        guard let opens = Self.partners[mark],
            let open = opens.first(where: { bytes.suffix($0.count).elementsEqual($0) })
        else { return true }
        if open == mark { return false }
        // `« a » {{x}} « b »` has nothing empty.
        if Self.inverted.contains(mark), isBlankDue { return true }
        bytes.removeLast(open.count)
        isBlankDue = false
        if bytes.last == 0x20 {
            bytes.removeLast()
            isBlankDue = true
        }
        return false
    }

    /// Takes away separators that lead to nothing.
    private mutating func trimBeforeGap() {
        while let last = bytes.last {
            if last == 0x20 || last == UInt8(ascii: ",") || last == UInt8(ascii: ";") {
                bytes.removeLast()
            } else if let wide = Self.wideSeparators.first(where: { bytes.suffix($0.count).elementsEqual($0) }) {
                bytes.removeLast(wide.count)
            } else if bytes.suffix(2).elementsEqual([0xD8, 0x8C]) || bytes.suffix(2).elementsEqual([0xD8, 0x9B]) {
                bytes.removeLast(2)
            } else {
                break
            }
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
