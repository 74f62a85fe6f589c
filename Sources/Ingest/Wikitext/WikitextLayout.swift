/// Lays expanded wikitext out as paragraphs: one a line, lists item by item, headings by themselves, tables by rows.
struct WikitextLayout {
    private let options: WikitextOptions
    private(set) var out: [UInt8] = []
    /// List items left out, and their bytes.
    private(set) var droppedItems = (count: 0, bytes: 0)
    /// Bytes of lines that began with a table's mark outside any table.
    private(set) var strayRows = (count: 0, bytes: 0)

    private var line = WikitextLine()
    /// Headings without text so far: level and text.
    private var headings: [(level: UInt8, text: [UInt8])] = []
    private var tableDepth = 0
    private var isPoem = false
    /// Whether the next plain line belongs to the paragraph being written.
    private var isOpen = false

    init(options: WikitextOptions) { self.options = options }

    /// Lays out one page; `out` then holds it.
    mutating func lay(_ text: [UInt8]) {
        out.removeAll(keepingCapacity: true)
        headings.removeAll(keepingCapacity: true)
        droppedItems = (0, 0)
        strayRows = (0, 0)
        (tableDepth, isPoem, isOpen) = (0, false, false)
        line.reset()
        var start = 0
        let bytes = text.span
        while start <= bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            lay(text, start..<end)
            start = end + 1
        }
        endParagraph()
    }

    private mutating func lay(_ text: [UInt8], _ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound, text[start].isBlank { start += 1 }
        guard start < range.upperBound else { return endParagraph() }
        switch text[start] {
        case WikitextMark.heading: return heading(text, start + 1..<range.upperBound)
        case WikitextMark.tableOpen:
            if tableDepth == 0 { endParagraph() }
            tableDepth += 1
        case WikitextMark.tableClose:
            tableDepth = max(0, tableDepth - 1)
            if tableDepth == 0 { endParagraph() } else { line.blank() }
        default:
            if tableDepth > 0 { row(text, start..<range.upperBound) } else { plain(text, start, range) }
        }
    }

    /// A line outside tables.
    private mutating func plain(_ text: [UInt8], _ start: Int, _ range: Range<Int>) {
        let isIndented = start > range.lowerBound
        switch text[start] {
        case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: ":"):
            // A blank before the mark is a slip, but before a colon it is a matter of taste.
            if !isIndented || text[start] == UInt8(ascii: "*") { return item(text, start..<range.upperBound) }
        case let mark where isTableMark(mark, text, start, range.upperBound):
            strayRows.count += 1
            strayRows.bytes += range.count
            return endParagraph()
        case UInt8(ascii: "-"):
            var end = start
            while end < range.upperBound, text[end] == UInt8(ascii: "-") { end += 1 }
            if end - start >= 4 {
                endParagraph()
                return pieces(text, end..<range.upperBound)
            }
        default: break
        }
        if !(start..<range.upperBound).contains(where: {
            text[$0] > 0x20 || text[$0] == WikitextMark.poemOpen || text[$0] == WikitextMark.apostrophe
        }) {
            // Nothing but what was dropped.
            if text[start..<range.upperBound].contains(WikitextMark.poemClose) { isPoem = false }
            return endParagraph()
        }
        if isIndented || isPoem || !isOpen { endParagraph() } else { line.blank() }
        pieces(text, start..<range.upperBound)
        isOpen = !isIndented && !isPoem
        if !isOpen { endParagraph() }
    }

    /// Whether a line begins with a table's mark: `|`, or `{|` without its end.
    private func isTableMark(_ mark: UInt8, _ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        mark == UInt8(ascii: "|")
            || (mark == UInt8(ascii: "{") && start + 1 < end && text[start + 1] == UInt8(ascii: "|"))
    }

    /// A list's item or an indented line.
    private mutating func item(_ text: [UInt8], _ range: Range<Int>) {
        endParagraph()
        var start = range.lowerBound
        var isList = false
        var last: UInt8 = 0
        while start < range.upperBound, "*#:;".utf8.contains(text[start]) {
            last = text[start]
            if last != UInt8(ascii: ":") { isList = true }
            start += 1
        }
        if isList, options.lists == .drop {
            droppedItems.count += 1
            droppedItems.bytes += range.count
            return
        }
        while start < range.upperBound, text[start].isBlank { start += 1 }
        if start < range.upperBound, text[start] == UInt8(ascii: "|") { return }
        line.isTerm = last == UInt8(ascii: ";")
        pieces(text, start..<range.upperBound)
        endParagraph()
    }

    /// A line's text, cut where paragraphs end within it.
    private mutating func pieces(_ text: [UInt8], _ range: Range<Int>) {
        var start = range.lowerBound
        var position = start
        line.beginQuotes(at: start)
        while position < range.upperBound {
            let byte = text[position]
            guard byte < 0x10 else {
                position += 1
                continue
            }
            var next = position + 1
            switch byte {
            case WikitextMark.poemOpen: isPoem = true
            case WikitextMark.poemClose: isPoem = false
            case WikitextMark.paragraph, WikitextMark.row: break
            case WikitextMark.cell:
                line.add(text, start..<position, lineEnd: range.upperBound)
                line.blank()
                (start, position) = (next, next)
                continue
            case WikitextMark.lineBreak:
                while next < range.upperBound, text[next].isBlank { next += 1 }
                if next >= range.upperBound || text[next] != WikitextMark.lineBreak {
                    line.add(text, start..<position, lineEnd: range.upperBound)
                    line.blank()
                    (start, position) = (next, next)
                    continue
                }
                next += 1
            default:
                position = next
                continue
            }
            line.add(text, start..<position, lineEnd: range.upperBound)
            flushLine()
            (start, position) = (next, next)
        }
        line.add(text, start..<range.upperBound, lineEnd: range.upperBound)
    }

    private mutating func heading(_ text: [UInt8], _ range: Range<Int>) {
        endParagraph()
        let level = text[range.lowerBound] - UInt8(ascii: "0")
        while let last = headings.last, last.level >= level { headings.removeLast() }
        guard options.headings == .keep else { return }
        let title = range.lowerBound + 1..<range.upperBound
        line.beginQuotes(at: title.lowerBound)
        line.add(text, title, lineEnd: title.upperBound)
        if line.finish() { headings.append((level, line.bytes)) }
        line.reset()
    }

    /// A line inside a table: rows and cells.
    private mutating func row(_ text: [UInt8], _ range: Range<Int>) {
        let first = text[range.lowerBound]
        let second = range.count > 1 ? text[range.lowerBound + 1] : 0
        guard first == UInt8(ascii: "|") || first == UInt8(ascii: "!") else {
            line.blank()
            if tableDepth > 1 { return nested(text, range) }
            return pieces(text, range)
        }
        if second == UInt8(ascii: "-") || second == UInt8(ascii: "+") || second == UInt8(ascii: "}") {
            if tableDepth > 1 { line.blank() } else { flushLine() }
            if second == UInt8(ascii: "+") {
                cell(text, range.lowerBound + 2..<range.upperBound)
                if tableDepth == 1 { flushLine() }
            }
            return
        }
        var start = range.lowerBound + 1
        var position = start
        while position < range.upperBound {
            let isMark =
                text[position] == UInt8(ascii: "|") || (text[position] == UInt8(ascii: "!") && first == text[position])
            if isMark, position + 1 < range.upperBound, text[position + 1] == text[position] {
                cell(text, start..<position)
                start = position + 2
                position = start
            } else {
                position += 1
            }
        }
        cell(text, start..<range.upperBound)
    }

    /// A cell: what stands before a single `|` are attributes.
    private mutating func cell(_ text: [UInt8], _ range: Range<Int>) {
        let bar = range.first { text[$0] == UInt8(ascii: "|") }
        line.blank()
        let content = (bar.map { $0 + 1 } ?? range.lowerBound)..<range.upperBound
        if tableDepth > 1 { nested(text, content) } else { pieces(text, content) }
    }

    /// Text of a table in a table: all of it stays in the outer cell.
    private mutating func nested(_ text: [UInt8], _ range: Range<Int>) {
        line.beginQuotes(at: range.lowerBound)
        line.add(text, range, lineEnd: range.upperBound)
    }

    private mutating func endParagraph() {
        isOpen = false
        flushLine()
    }

    /// Writes the line, after the headings that waited for it.
    private mutating func flushLine() {
        defer { line.reset() }
        guard line.finish() else { return }
        for heading in headings where !heading.text.isEmpty { append(heading.text) }
        for index in headings.indices { headings[index].text = [] }
        append(line.bytes)
    }

    private mutating func append(_ bytes: [UInt8]) {
        if !out.isEmpty { out.append(0x0A) }
        out.append(contentsOf: bytes)
    }
}
