/// The third pass: resolves links, HTML tags and behaviour switches of expanded wikitext, leaving lines, apostrophes and
/// entities to the layout.
///
/// Links are matched as MediaWiki's parser does, each `[[` by itself, so that what is no valid link stays as it
/// stands. Files `WikitextInliner+...` hold the parts.
struct WikitextInliner {
    /// An external link whose `]` has not come yet.
    struct OpenAddress {
        /// Where its `[` stands in `out`, and its text.
        var start: Int
        var text: Int
        /// Bytes of the address.
        var size: Int
    }

    private static let everywhere: ASCIISet = {
        var set = ASCIISet("\n[]{}<_~")
        set.insert(WikitextMark.literal)
        return set
    }()

    private static let inTerm: ASCIISet = {
        var set = everywhere
        set.insert(UInt8(ascii: ":"))
        return set
    }()

    let options: WikitextOptions
    let namespaces: WikiNamespaces
    let tags = WikitextTags.standard
    var out: [UInt8] = []
    var openAddress: OpenAddress?
    /// Semicolons of a definition list's line whose colon has not come yet.
    var terms = 0
    /// The marks that begin the line before.
    var latestMarks = 0..<0
    /// Tags open in such a line: a colon inside them is text.
    var termTags = 0
    /// What of such a line has been searched for apostrophes, and what they opened.
    var termQuotes: (position: Int, isItalic: Bool, isBold: Bool)?
    /// HTML tables that have an end: start and end of each outermost one, in order; nil before the first is met.
    var tables: [Range<Int>]?
    /// The first of them that the page has not come to.
    var nextTable = 0
    /// Blanks of `out` before a category, which hold no line break.
    var strippedBlanks = 0..<0
    /// How many links the page has, and where brackets without a partner stand in `out`.
    var links = 0
    private var strays: [Int] = []
    var scratch: [UInt8] = []
    var tagName: [UInt8] = []
    private var stops = Self.everywhere

    init(options: WikitextOptions, namespaces: WikiNamespaces) {
        self.options = options
        self.namespaces = namespaces
    }

    /// Resolves expanded wikitext into `out`.
    mutating func resolve(_ bytes: Span<UInt8>, _ ledger: inout LossLedger) {
        out.removeAll(keepingCapacity: true)
        out.reserveCapacity(bytes.count)
        (openAddress, tables, nextTable, links) = (nil, nil, 0, 0)
        strays.removeAll(keepingCapacity: true)
        (terms, latestMarks, strippedBlanks) = (0, 0..<0, 0..<0)
        updateStops()
        var position = 0
        beginLine(bytes, at: 0)
        var copied = 0
        let count = bytes.count
        while true {
            position = stops.first(in: bytes, from: position)
            guard position < count else { break }
            // Most newlines, underscores and brackets are just text.
            let byte = bytes[position]
            if byte == UInt8(ascii: "\n") {
                position += 1
                openAddress = nil
                beginLine(bytes, at: position)
                continue
            }
            if byte == WikitextMark.literal {
                position += 2
                continue
            }
            if byte == UInt8(ascii: "_") && bytes.at(position + 1) != byte
                || byte == UInt8(ascii: "]") && openAddress == nil && bytes.at(position + 1) != byte
                || (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")) && bytes.at(position + 1) != byte
            {
                position += 1
                continue
            }
            copy(bytes, copied, position)
            position = special(bytes, byte, at: position, &ledger)
            copied = position
        }
        copy(bytes, copied, count)
        dropStrays()
    }

    @inline(__always)
    mutating func copy(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        guard end > start else { return }
        bytes.extracting(start..<min(end, bytes.count)).withUnsafeBufferPointer { out.append(contentsOf: $0) }
    }

    /// One of the bytes that may be markup; gives where to go on.
    private mutating func special(
        _ bytes: Span<UInt8>, _ byte: UInt8, at position: Int, _ ledger: inout LossLedger
    ) -> Int {
        switch byte {
        case UInt8(ascii: "["):
            if bytes.at(position + 1) == byte, let end = link(bytes, at: position, &ledger) { return end }
            if bytes.at(position + 1) == byte, !opensAddress(bytes, at: position) {
                // The second bracket may open an address, but no link.
                noteStray()
                out.append(byte)
                if opensAddress(bytes, at: position + 1) { return address(bytes, at: position + 1) }
                out.append(byte)
                return position + 2
            }
            return opensAddress(bytes, at: position) ? address(bytes, at: position) : text(byte, position)
        case UInt8(ascii: "]") where openAddress != nil: return closeAddress(at: position, &ledger)
        case UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            noteStray()
            copy(bytes, position, position + 2)
            return position + 2
        case UInt8(ascii: "<"): return tag(bytes, at: position, &ledger)
        case UInt8(ascii: "_"): return behaviourSwitch(bytes, at: position)
        case UInt8(ascii: "~"): return signature(bytes, at: position)
        default: return colon(bytes, at: position)
        }
    }

    mutating func text(_ byte: UInt8, _ position: Int) -> Int {
        out.append(byte)
        return position + 1
    }

    // MARK: Brackets without a partner

    /// Notes a pair of brackets or braces that is part of no link or template.
    private mutating func noteStray() { strays.append(out.count) }

    /// Where a page has many links, brackets without a partner are slips of the pen and go; in a short piece it
    /// they stay, as MediaWiki shows them.
    private mutating func dropStrays() {
        guard var from = strays.first, links >= 20 * strays.count else { return }
        var to = from
        var next = 0
        while from < out.count {
            if next < strays.count, strays[next] <= from {
                let isThere = from + 1 < out.count && out[from] == out[from + 1] && "[]{}".utf8.contains(out[from])
                if strays[next] == from, isThere { from += 2 }
                next += 1
            } else {
                out[to] = out[from]
                (from, to) = (from + 1, to + 1)
            }
        }
        out.removeLast(out.count - to)
    }

    // MARK: Lines

    /// Notes whether the line that begins at `position` defines terms.
    @inline(__always)
    private mutating func beginLine(_ bytes: Span<UInt8>, at position: Int) {
        // What a template left before a list's mark is nothing.
        let start = bytes.run(of: WikitextMark.gap, from: position)
        let first = bytes.at(start)
        let mayDefine =
            first == UInt8(ascii: ";") || first == UInt8(ascii: "*") || first == UInt8(ascii: "#")
            || first == UInt8(ascii: ":")
        guard mayDefine || terms > 0 || latestMarks.count > 0 else { return }
        (terms, termTags, termQuotes) = (0, 0, nil)
        var place = start
        while place < bytes.count, bytes[place].isListMark { place += 1 }
        latestMarks = countTerms(bytes, start..<place)
        updateStops()
    }

    mutating func updateStops() { stops = terms > 0 ? Self.inTerm : Self.everywhere }

    // MARK: Switches and signatures

    /// `__SWITCH__`: goes if a wiki knows it.
    mutating func behaviourSwitch(_ bytes: Span<UInt8>, at position: Int) -> Int {
        var stop = position + 2
        while stop < bytes.count, stop < position + 80, Self.isSwitchByte(bytes, stop) { stop += 1 }
        guard stop > position + 2, bytes.at(stop) == UInt8(ascii: "_"), bytes.at(stop + 1) == UInt8(ascii: "_") else {
            return text(UInt8(ascii: "_"), position)
        }
        scratch.removeAll(keepingCapacity: true)
        for place in position + 2..<stop { scratch.append(bytes[place].lowercasedASCII) }
        guard BehaviourSwitches.contains(scratch) else { return text(UInt8(ascii: "_"), position) }
        return stop + 2
    }

    private static func isSwitchByte(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        let byte = bytes[place]
        if byte == UInt8(ascii: "_") { return bytes.at(place + 1) != byte }
        return byte >= 0x80 || byte.isASCIILetter || byte == 0x20
    }

    /// Three to five tildes stand for the name of who writes them.
    private mutating func signature(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let stop = bytes.run(of: UInt8(ascii: "~"), from: position)
        if !(3...5).contains(stop - position) { copy(bytes, position, stop) }
        return stop
    }
}
