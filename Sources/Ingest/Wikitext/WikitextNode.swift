internal import Foundation

/// A piece of wikitext that the preprocessor sets apart from the text around it.
///
/// Nodes form a tree without allocations: `first` is the first node inside, `next` the next one beside.
struct WikitextNode {
    enum Kind: UInt8 {
        /// A comment, a control character, a tag without meaning on the page: goes without a trace.
        case nothing
        /// `<nowiki>`: the content is text and no markup. `detail` is the tag.
        case literal
        /// A tag that goes with its content. `detail` is the tag.
        case dropped
        /// A tag of an extension whose content stays. `detail` is the tag.
        case tag
        /// `{{name|...}}`.
        case template
        /// `{{{name|default}}}`.
        case parameter
        /// `-{...}-`.
        case variant
    }

    static let none: Int32 = -1

    var kind: Kind
    var detail: UInt8 = 0
    /// Whether it begins a line (templates), or closes (tags).
    var flag = false
    var start: Int32
    var contentStart: Int32
    var contentEnd: Int32
    var end: Int32
    var first = Self.none
    var next = Self.none
    /// Where its separators stand in the preprocessor's `separators`.
    var separators: Int32 = 0
    var separatorCount: Int32 = 0

    init(_ kind: Kind, detail: Int = 0, start: Int, content: Range<Int>, end: Int) {
        self.kind = kind
        self.detail = UInt8(truncatingIfNeeded: detail)
        self.start = Int32(truncatingIfNeeded: start)
        contentStart = Int32(truncatingIfNeeded: content.lowerBound)
        contentEnd = Int32(truncatingIfNeeded: content.upperBound)
        self.end = Int32(truncatingIfNeeded: end)
    }
}

/// A `|` of a template and the first `=` after it, which makes what follows a named argument.
struct WikitextSeparator {
    var pipe: Int32
    var equals: Int32 = -1
}

/// A line of `== heading ==` as the preprocessor sees it.
struct WikitextHeading {
    var level: Int
    var start: Int
    var title: Range<Int>
}

/// Bytes that the expander writes for the passes that follow.
///
/// XML allows none of them, and the preprocessor drops them from the page, so they mean nothing else.
enum WikitextMark {
    /// Something stood here and is gone: the only places where the tidying may change punctuation.
    static let gap: UInt8 = 0x01
    /// The next byte is text, whatever it looks like.
    static let literal: UInt8 = 0x02
    /// A paragraph ends here.
    static let paragraph: UInt8 = 0x03
    /// `<br>`: a blank, and two of them end the paragraph.
    static let lineBreak: UInt8 = 0x04
    /// An apostrophe that is text.
    static let apostrophe: UInt8 = 0x05
    /// The colon between a term and its definition.
    static let definition: UInt8 = 0x06
    /// A table begins or ends.
    static let tableOpen: UInt8 = 0x07
    static let tableClose: UInt8 = 0x08
    /// The ends of a row and a cell.
    static let row: UInt8 = 0x0B
    static let cell: UInt8 = 0x0C
    /// Lines stay lines from here, or no longer.
    static let poemOpen: UInt8 = 0x0E
    static let poemClose: UInt8 = 0x0F
    /// A table was dropped here: no word of its line is missing.
    static let tableGap: UInt8 = 0x10
}

/// A set of ASCII characters.
struct ASCIISet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var bytes = ByteSet()

    /// - Parameter controls: also the control characters but tab and line feed.
    init(_ characters: String, controls: Bool = false) {
        if controls {
            for byte in UInt8(0)...0x7F where byte == 0x7F || byte < 0x20 && byte != 0x09 && byte != 0x0A {
                insert(byte)
            }
        }
        for byte in characters.utf8 { insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte & 63) }
        bytes.insert(byte)
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte & 64 == 0 ? low : high
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 != 0
    }

    /// The first place from `start` on that holds one of the characters, or the end.
    @inline(__always)
    func first(in text: Span<UInt8>, from start: Int) -> Int { bytes.first(in: text, from: start, to: text.count) }
}

extension UInt8 {
    /// The byte with A-Z in lower case.
    @inline(__always) var lowercasedASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
    @inline(__always) var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    @inline(__always) var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// Whether it begins an item of a list or a definition.
    @inline(__always) var isListMark: Bool { self == 0x2A || self == 0x23 || self == 0x3A || self == 0x3B }
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 }
    @inline(__always) var isWhitespace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}

extension Span<UInt8> {
    /// The byte at `position`, or 0 beyond the ends.
    @inline(__always)
    func at(_ position: Int) -> UInt8 { position >= 0 && position < count ? self[position] : 0 }

    /// The first of `byte` from `start` on.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, end <= count else { return nil }
        return withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Where the run of `byte` from `start` on ends.
    @inline(__always)
    func run(of byte: UInt8, from start: Int) -> Int {
        var position = start
        while position < count, self[position] == byte { position += 1 }
        return position
    }

    /// The first place from `start` on that is not a blank.
    @inline(__always)
    func skipBlanks(_ start: Int) -> Int {
        var position = start
        while position < count, self[position].isBlank { position += 1 }
        return position
    }
}
