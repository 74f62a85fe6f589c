/// Tables of expanded wikitext, line by line as MediaWiki reads them: dropped, or their text marked in rows and cells.
struct WikitextTables {
    let options: WikitextOptions
    private(set) var out: [UInt8] = []
    /// Bytes of lines that began with a table's mark in a table without an end.
    private(set) var strayRows = (count: 0, bytes: 0)

    /// A table's beginning: where its line starts, and the end of the line that closes it, if any does.
    private struct Table {
        var start: Int
        var end: Int?
    }

    private var open: [Int] = []
    private var tables: [Table] = []
    /// Whether rows are to be dropped of a table whose beginning or end is missing.
    private var isStray = false
    private var sawGap = false

    init(options: WikitextOptions) { self.options = options }

    /// Whether a page may hold any table.
    func mayHoldTables(_ bytes: Span<UInt8>) -> Bool {
        var place = 0
        while place < bytes.count {
            var start = place
            while start < bytes.count, bytes[start].isBlank || bytes[start] == UInt8(ascii: ":") { start += 1 }
            switch bytes.at(start) {
            case UInt8(ascii: "|"), UInt8(ascii: "!"): return true
            case UInt8(ascii: "{") where bytes.at(start + 1) == UInt8(ascii: "|"): return true
            default: break
            }
            guard let end = bytes.first(0x0A, from: start, to: bytes.count) else { return false }
            place = end + 1
        }
        return false
    }

    /// Rewrites a page into `out`.
    mutating func rewrite(_ bytes: Span<UInt8>, _ ledger: inout LossLedger) {
        out.removeAll(keepingCapacity: true)
        strayRows = (0, 0)
        (isStray, sawGap) = (false, false)
        pair(bytes)
        options.tables == .drop ? drop(bytes, &ledger) : mark(bytes)
    }

    /// Finds which lines open and close tables.
    private mutating func pair(_ bytes: Span<UInt8>) {
        open.removeAll(keepingCapacity: true)
        tables.removeAll(keepingCapacity: true)
        var line = 0
        while line < bytes.count {
            let end = bytes.first(0x0A, from: line, to: bytes.count) ?? bytes.count
            if Self.opens(bytes, line) {
                open.append(tables.count)
                tables.append(Table(start: line, end: nil))
            } else if let table = open.last, Self.closes(bytes, line) {
                open.removeLast()
                tables[table].end = bytes.skipBlanks(line) + 2
            }
            line = end + 1
        }
    }

    /// `{|`, after colons and blanks.
    private static func opens(_ bytes: Span<UInt8>, _ line: Int) -> Bool {
        var place = bytes.skipBlanks(line)
        while bytes.at(place) == UInt8(ascii: ":") { place += 1 }
        place = bytes.skipBlanks(place)
        return bytes.at(place) == UInt8(ascii: "{") && bytes.at(place + 1) == UInt8(ascii: "|")
    }

    private static func closes(_ bytes: Span<UInt8>, _ line: Int) -> Bool {
        let place = bytes.skipBlanks(line)
        return bytes.at(place) == UInt8(ascii: "|") && bytes.at(place + 1) == UInt8(ascii: "}")
    }

    private mutating func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        bytes.extracting(range).withUnsafeBufferPointer { out.append(contentsOf: $0) }
    }

    // MARK: Dropping

    private mutating func drop(_ bytes: Span<UInt8>, _ ledger: inout LossLedger) {
        var line = 0
        var next = 0
        while line < bytes.count {
            while next < tables.count, tables[next].start < line { next += 1 }
            let end = bytes.first(0x0A, from: line, to: bytes.count) ?? bytes.count
            if next < tables.count, tables[next].start == line {
                if let close = tables[next].end {
                    ledger.add(.table, "table", size: close - line)
                    out.append(WikitextMark.tableGap)
                    out.append(0x0A)
                    line = close
                    isStray = false
                    continue
                }
                isStray = true
            }
            if isStrayRow(bytes, line, end) {
                strayRows.count += 1
                strayRows.bytes += end - line
                out.append(WikitextMark.tableGap)
                out.append(0x0A)
            } else {
                copy(bytes, line..<min(end + 1, bytes.count))
            }
            line = end + 1
        }
    }

    /// Whether a line is a row of a table that a template opened or that nothing closes.
    private mutating func isStrayRow(_ bytes: Span<UInt8>, _ line: Int, _ end: Int) -> Bool {
        let place = bytes.skipBlanks(line)
        guard place < end else { return false }
        let second = bytes.at(place + 1)
        switch bytes[place] {
        case WikitextMark.gap:
            sawGap = true
            // A template alone on its line may have opened a table.
            if bytes.skipBlanks(place + 1) >= end { isStray = true }
            return false
        case UInt8(ascii: "|"):
            let isRow = isStray || (sawGap && (second == UInt8(ascii: "-") || second == UInt8(ascii: "}")))
            if second == UInt8(ascii: "}") { isStray = false }
            return isRow
        case UInt8(ascii: "!"): return isStray
        case UInt8(ascii: "{"): return isStray && second == UInt8(ascii: "|")
        case UInt8(ascii: "="):
            isStray = false
            return false
        default: return false
        }
    }

    // MARK: Text

    private mutating func mark(_ bytes: Span<UInt8>) {
        var line = 0
        var depth = 0
        while line < bytes.count {
            let end = bytes.first(0x0A, from: line, to: bytes.count) ?? bytes.count
            let start = bytes.skipBlanks(line)
            if Self.opens(bytes, line) {
                depth += 1
                out.append(contentsOf: [WikitextMark.tableOpen, 0x0A])
            } else if depth == 0, isStrayRow(bytes, line, end) {
                // A row of a table that a template opened is a line.
                if !(bytes.at(start) == UInt8(ascii: "|") && bytes.at(start + 1) == UInt8(ascii: "}")) {
                    row(bytes, start, end)
                }
                out.append(0x0A)
            } else if depth == 0 || !(bytes.at(start) == UInt8(ascii: "|") || bytes.at(start) == UInt8(ascii: "!")) {
                copy(bytes, line..<min(end + 1, bytes.count))
            } else if bytes.at(start + 1) == UInt8(ascii: "}"), bytes[start] == UInt8(ascii: "|") {
                depth -= 1
                out.append(WikitextMark.tableClose)
                copy(bytes, start + 2..<end)
                out.append(0x0A)
            } else {
                row(bytes, start, end)
                out.append(0x0A)
            }
            line = end + 1
        }
    }

    private mutating func row(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        let second = start + 1 < end ? bytes[start + 1] : 0
        let isBar = bytes[start] == UInt8(ascii: "|")
        if isBar, second == UInt8(ascii: "-") { return out.append(WikitextMark.row) }
        var from = start + 1
        if isBar, second == UInt8(ascii: "+") {
            out.append(WikitextMark.row)
            from += 1
        }
        var place = from
        while place + 1 < end {
            let byte = bytes[place]
            if byte == WikitextMark.literal {
                place += 2
            } else if bytes[place + 1] == byte, byte == UInt8(ascii: "|") || (!isBar && byte == UInt8(ascii: "!")) {
                cell(bytes, from..<place)
                place += 2
                from = place
            } else {
                place += 1
            }
        }
        cell(bytes, from..<max(from, end))
        if isBar, second == UInt8(ascii: "+") { out.append(WikitextMark.row) }
    }

    /// A cell: what stands before a single `|` are attributes, unless a link begins there.
    private mutating func cell(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        out.append(WikitextMark.cell)
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = bytes[place]
            if byte == WikitextMark.literal {
                place += 2
                continue
            }
            if byte == UInt8(ascii: "["), bytes.at(place + 1) == byte { break }
            if byte == UInt8(ascii: "|") {
                return copy(bytes, bytes.skipBlanks(place + 1)..<max(bytes.skipBlanks(place + 1), range.upperBound))
            }
            place += 1
        }
        copy(bytes, min(bytes.skipBlanks(range.lowerBound), range.upperBound)..<range.upperBound)
    }
}
