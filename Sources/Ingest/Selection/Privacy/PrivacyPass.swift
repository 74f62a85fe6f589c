/// One reading of a text for personal details of all kinds.
struct PrivacyPass {
    let text: UnsafeBufferPointer<UInt8>
    let keywords = PrivacyKeywords.shared
    private(set) var found: [(range: Range<Int>, kind: PrivacyKind)] = []
    /// Where reading stands.
    var at = 0
    /// The end of the last detail found: nothing may begin before it.
    private(set) var floor = 0
    /// Where the last word for a telephone ended, and the last for a record number.
    var phoneArmed = -1000
    var recordArmed = -1000
    /// Where the last word that makes a record number with `number` after it ended.
    var recordHeadEnd = -1000
    /// Where the last long word for `number` ended.
    var numberWordEnd = -1000
    /// Whether the last word makes the number after it one of the text's own, and where it ended.
    var ownNumberEnd = -1000

    /// Bytes between a keyword and its number at most.
    static let reach = 14

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// Reads the text to its end.
    mutating func run() {
        while at < text.count {
            switch text[at] {
            case 0x30...0x39: readNumber()
            case 0x41...0x5A, 0x61...0x7A, 0xC3...0xE1, 0xE4...0xEE, 0xF0...0xF4: readWord()
            case UInt8(ascii: "@"): readAt()
            case UInt8(ascii: "+"), UInt8(ascii: "("): readPhoneOpening()
            case UInt8(ascii: "#"): readNumberSign()
            case UInt8(ascii: ":"): readColon()
            case 0x0A: endLine()
            case 0xC2: readSectionSign()
            default: at += 1
            }
        }
    }

    /// Notes a detail and goes on behind it.
    mutating func note(_ range: Range<Int>, _ kind: PrivacyKind) {
        found.append((range, kind))
        floor = range.upperBound
        at = range.upperBound
    }

    private mutating func endLine() {
        (phoneArmed, recordArmed, recordHeadEnd, ownNumberEnd, numberWordEnd) = (-1000, -1000, -1000, -1000, -1000)
        at += 1
    }

    /// `§` makes the number after it one of the text's own.
    private mutating func readSectionSign() {
        if byte(at + 1) == 0xA7 { ownNumberEnd = at + 2 }
        at += 1
    }

    private mutating func readNumberSign() {
        if at - recordHeadEnd <= 2 || at - recordArmed <= 2 { recordArmed = at + 1 }
        at += 1
    }

    // Bytes; 0 stands for what lies beyond the text.

    @inline(__always)
    func byte(_ at: Int) -> UInt8 { at >= 0 && at < text.count ? text[at] : 0 }

    @inline(__always)
    func isDigit(_ at: Int) -> Bool { byte(at) >= 0x30 && byte(at) <= 0x39 }

    @inline(__always)
    func isLetter(_ at: Int) -> Bool { byte(at) | 0x20 >= 0x61 && byte(at) | 0x20 <= 0x7A }

    @inline(__always)
    func isAlphanumeric(_ at: Int) -> Bool { isDigit(at) || isLetter(at) }

    @inline(__always)
    func isCapital(_ at: Int) -> Bool { byte(at) >= 0x41 && byte(at) <= 0x5A }

    /// Whether a number may begin at a place: not inside a word, a decimal, a price or a longer number.
    func begins(_ at: Int) -> Bool {
        if isAlphanumeric(at - 1) { return false }
        switch byte(at - 1) {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "="),
            UInt8(ascii: "&"), UInt8(ascii: "%"), UInt8(ascii: "$"), UInt8(ascii: "~"), UInt8(ascii: "^"),
            UInt8(ascii: "@"), UInt8(ascii: "\\"):
            return false
        case UInt8(ascii: ","): return !isDigit(at - 2)
        // Signs of pounds, yen, cents and sections; the euro.
        case 0xA2...0xA7: return byte(at - 2) != 0xC2
        case 0xAC: return byte(at - 2) != 0x82
        default: return true
        }
    }

    /// Whether a number may end before a place.
    func ends(_ at: Int) -> Bool {
        if isAlphanumeric(at) { return false }
        switch byte(at) {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ":"):
            return !isDigit(at + 1)
        case UInt8(ascii: "%"), UInt8(ascii: "_"), UInt8(ascii: "@"): return false
        default: return true
        }
    }

    /// Whether only spaces and punctuation of the usual kind lie between a keyword's end and a place near it.
    func follows(_ keywordEnd: Int, _ at: Int) -> Bool {
        guard keywordEnd >= floor, at >= keywordEnd, at - keywordEnd <= Self.reach else { return false }
        for place in keywordEnd..<at {
            switch byte(place) {
            case 0x20, 0x09, 0xC2, 0xA0, UInt8(ascii: ":"), UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "="),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "\""), 0xBA, 0xB0:
                continue
            default: return false
            }
        }
        return true
    }

    /// The number of up to `limit` digits at a place, and where it ends; nil when there is none or it is longer.
    func number(_ start: Int, _ limit: Int) -> (value: Int, end: Int)? {
        var (value, end) = (0, start)
        while isDigit(end) {
            guard end - start < limit else { return nil }
            value = value * 10 + Int(byte(end) - 0x30)
            end += 1
        }
        return end > start ? (value, end) : nil
    }
}
