/// A piece of wikitext that is more than its text, as the matcher found it. Nodes stand in the order in which they
/// open, so those inside a node follow it, up to its `next`.
struct WikitextNode {
    enum Kind: UInt8 {
        /// Opened and never closed; its text is ordinary text.
        case none
        /// Braces or brackets without a partner, a comment: goes without a trace.
        case nothing
        /// `<nowiki>`: the content is text and no markup.
        case literal
        /// A tag that goes with its content. `detail` is the tag's index.
        case dropped
        /// A tag whose content stays. `detail` is the tag's index.
        case tag
        /// `{{name|...}}`.
        case template
        /// `{{{name|default}}}`.
        case parameter
        /// `[[target|text]]`.
        case link
        /// `[http://... text]`.
        case externalLink
        /// `-{...}-`.
        case variant
        /// `{|...|}` or `<table>...</table>`.
        case table
        /// A line of `== heading ==`. `detail` is its level.
        case heading
    }

    var kind: Kind
    var detail: UInt8 = 0
    var start: Int32
    var contentStart: Int32
    var contentEnd: Int32
    var end: Int32
    /// The first node that is not inside this one.
    var next: Int32
    /// Where its separators `|` stand in the matcher's `pipes`.
    var pipes: Int32 = 0
    var pipeCount: Int32 = 0

    init(_ kind: Kind, detail: UInt8 = 0, start: Int, contentStart: Int, contentEnd: Int, end: Int, next: Int) {
        self.kind = kind
        self.detail = detail
        self.start = Int32(truncatingIfNeeded: start)
        self.contentStart = Int32(truncatingIfNeeded: contentStart)
        self.contentEnd = Int32(truncatingIfNeeded: contentEnd)
        self.end = Int32(truncatingIfNeeded: end)
        self.next = Int32(truncatingIfNeeded: next)
    }
}

/// Bytes that the expander writes for the layout that follows. XML allows none of them, and the expander drops them
/// from its input, so they mean nothing else.
enum WikitextMark {
    /// Something stood here and is gone: the only places where the tidying may change punctuation.
    static let gap: UInt8 = 1
    /// What follows is text, whatever it looks like.
    static let literal: UInt8 = 2
    /// An apostrophe that is text.
    static let apostrophe: UInt8 = 5
    /// A paragraph ends here.
    static let paragraph: UInt8 = 3
    /// `<br>`: a blank, and two of them end the paragraph.
    static let lineBreak: UInt8 = 4
    /// A heading's line begins; the next byte is its level as a digit.
    static let heading: UInt8 = 6
    /// A table begins or ends, on a line of its own.
    static let tableOpen: UInt8 = 7
    static let tableClose: UInt8 = 8
    /// The ends of a row and a cell, for tables in HTML.
    static let row: UInt8 = 0x0B
    static let cell: UInt8 = 0x0C
    /// Lines stay lines from here, or no longer.
    static let poemOpen: UInt8 = 0x0E
    static let poemClose: UInt8 = 0x0F
}

/// A set of ASCII characters, with the control characters but tab and line feed if asked for.
struct ASCIISet: Sendable {
    private let low: UInt64
    private let high: UInt64

    init(_ characters: String, controls: Bool = false) {
        var (low, high): (UInt64, UInt64) = (controls ? 0xFFFF_F9FF : 0, 0)
        for byte in characters.utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
        }
        (self.low, self.high) = (low, high)
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? (low >> UInt64(byte)) & 1 != 0 : byte < 128 && (high >> UInt64(byte & 63)) & 1 != 0
    }
}

extension UInt8 {
    /// The byte with A-Z in lower case.
    @inline(__always) var lowercasedASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
    @inline(__always) var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    @inline(__always) var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    @inline(__always) var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }
    @inline(__always) var isWhitespace: Bool { isBlank || self == 0x0A }
}
