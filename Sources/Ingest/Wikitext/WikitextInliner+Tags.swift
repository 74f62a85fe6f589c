/// HTML tags, by the rules of MediaWiki's sanitizer.
extension WikitextInliner {
    /// A tag that the sanitizer lets pass: its number and end; nil when `<` is text.
    private mutating func knownTag(
        _ bytes: Span<UInt8>, at position: Int, _ limit: Int
    ) -> (tag: Int, isClosing: Bool, end: Int)? {
        let isClosing = bytes.at(position + 1) == UInt8(ascii: "/")
        guard let (tag, nameEnd) = tags.find(bytes, at: position + (isClosing ? 2 : 1), &tagName) else { return nil }
        let after = bytes.at(nameEnd)
        guard after.isWhitespace || after == UInt8(ascii: ">") || after == UInt8(ascii: "/") else { return nil }
        var end = nameEnd
        while end < limit, bytes[end] != UInt8(ascii: ">"), bytes[end] != UInt8(ascii: "<") { end += 1 }
        guard end < limit, bytes[end] == UInt8(ascii: ">") else { return nil }
        switch tags.roles[tag] {
        case .drop, .code, .nowiki, .poem, .transparent, .includeOnly: return nil
        case .microdata where !isClosing:
            guard hasItemProperty(bytes, nameEnd..<end) else { return nil }
        default: break
        }
        return (tag, isClosing, end + 1)
    }

    private func hasItemProperty(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let word = Array("itemprop".utf8)
        var place = range.lowerBound
        while place + word.count <= range.upperBound {
            var index = 0
            while index < word.count, bytes[place + index].lowercasedASCII == word[index] { index += 1 }
            if index == word.count { return true }
            place += 1
        }
        return false
    }

    /// `<` outside links.
    mutating func tag(_ bytes: Span<UInt8>, at position: Int, _ ledger: inout LossLedger) -> Int {
        guard let (tag, isClosing, end) = knownTag(bytes, at: position, bytes.count) else {
            out.append(UInt8(ascii: "<"))
            return position + 1
        }
        let role = tags.roles[tag]
        if terms > 0, role != .lineBreak {
            termTags = max(0, termTags + (isClosing ? -1 : bytes[end - 2] == UInt8(ascii: "/") ? 0 : 1))
        }
        if role == .table { return table(bytes, at: position, isClosing: isClosing, end: end, &ledger) }
        write(role, isClosing: isClosing)
        return end
    }

    /// `<` in a link's label.
    mutating func labelTag(_ bytes: Span<UInt8>, at position: Int, _ limit: Int) -> Int {
        guard let (tag, _, end) = knownTag(bytes, at: position, limit) else {
            out.append(UInt8(ascii: "<"))
            return position + 1
        }
        if tags.roles[tag] == .lineBreak { out.append(WikitextMark.lineBreak) }
        return end
    }

    private mutating func write(_ role: WikitextTags.Role, isClosing: Bool) {
        switch role {
        case .block, .pre: out.append(WikitextMark.paragraph)
        case .lineBreak: out.append(WikitextMark.lineBreak)
        case .row: out.append(isClosing ? WikitextMark.cell : WikitextMark.row)
        case .cell: out.append(WikitextMark.cell)
        default:
            // A tag at a line's start keeps what follows from being a list's mark, and parts apostrophes.
            if out.isEmpty || out.last == 0x0A || out.last == 0x27 {
                out.append(contentsOf: [WikitextMark.literal, WikitextMark.literal])
            }
        }
    }

    // MARK: Tables in HTML

    private mutating func table(
        _ bytes: Span<UInt8>, at position: Int, isClosing: Bool, end: Int, _ ledger: inout LossLedger
    ) -> Int {
        if tables == nil { findTables(bytes) }
        if options.tables == .text {
            out.append(isClosing ? WikitextMark.tableClose : WikitextMark.tableOpen)
            return end
        }
        guard !isClosing, let whole = closedTable(at: position) else {
            out.append(WikitextMark.paragraph)
            return end
        }
        ledger.add(.table, "table", size: whole.count)
        out.append(WikitextMark.tableGap)
        out.append(WikitextMark.paragraph)
        return whole.upperBound
    }

    /// The whole table that begins at `position`, if it has an end; asked for in the order of the page.
    private mutating func closedTable(at position: Int) -> Range<Int>? {
        guard let tables else { return nil }
        while nextTable < tables.count, tables[nextTable].lowerBound < position { nextTable += 1 }
        return nextTable < tables.count && tables[nextTable].lowerBound == position ? tables[nextTable] : nil
    }

    /// Finds all tables that are closed, in one pass over the page.
    private mutating func findTables(_ bytes: Span<UInt8>) {
        var found: [Range<Int>] = []
        var open: [Int] = []
        var place = 0
        while let angle = bytes.first(UInt8(ascii: "<"), from: place, to: bytes.count) {
            place = angle + 1
            guard bytes.at(place) | 0x20 == UInt8(ascii: "t") || bytes.at(place) == UInt8(ascii: "/"),
                let (tag, isClosing, end) = knownTag(bytes, at: angle, bytes.count), tags.roles[tag] == .table
            else { continue }
            place = end
            if !isClosing {
                open.append(angle)
            } else if let start = open.popLast() {
                while let last = found.last, last.lowerBound > start { found.removeLast() }
                found.append(start..<end)
            }
        }
        tables = found
    }
}
