/// The last pass: lays text out as paragraphs, one a line: lists item by item, headings by themselves, tables by rows.
struct WikitextLayout {
    /// A heading that waits for text below it.
    private struct Heading {
        var level: Int
        var text: [UInt8]
        /// Whether something below it was dropped.
        var hasLost = false
    }

    private let options: WikitextOptions
    private(set) var out: [UInt8] = []
    /// List items left out, and their bytes.
    private(set) var droppedItems = (count: 0, bytes: 0)

    /// The bytes that cut a line's text, and what is literal in it.
    private let marks = ByteSet { byte in
        byte >= WikitextMark.literal && byte < 0x11 && byte != WikitextMark.apostrophe && byte != 0x09
    }
    private var line = WikitextLine()
    private var headings: [Heading] = []
    private var tableDepth = 0
    private var isPoem = false
    /// Whether the next plain line belongs to the paragraph being written.
    private var isOpen = false

    init(options: WikitextOptions) { self.options = options }

    /// Lays out one page; `out` then holds it.
    mutating func lay(_ bytes: Span<UInt8>) {
        out.removeAll(keepingCapacity: true)
        out.reserveCapacity(bytes.count)
        headings.removeAll(keepingCapacity: true)
        droppedItems = (0, 0)
        (tableDepth, isPoem, isOpen) = (0, false, false)
        line.reset()
        var start = 0
        while start <= bytes.count {
            let end = bytes.first(0x0A, from: start, to: bytes.count) ?? bytes.count
            lay(bytes, start..<end)
            start = end + 1
        }
        endParagraph()
        while let heading = headings.last {
            closeHeading(heading)
            headings.removeLast()
        }
    }

    private mutating func lay(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let first = range.first else { return tableDepth > 0 ? line.blank() : endParagraph() }
        if tableDepth > 0 { return cellLine(bytes, range) }
        switch bytes[first] {
        case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: ":"): return item(bytes, range)
        case UInt8(ascii: "="): if heading(bytes, range) { return }
        case WikitextMark.gap:
            // What a template left before a list's mark is nothing.
            let start = bytes.run(of: WikitextMark.gap, from: first)
            if start < range.upperBound, bytes[start].isListMark {
                return item(bytes, start..<range.upperBound)
            }
        case UInt8(ascii: "-"):
            let end = min(bytes.run(of: UInt8(ascii: "-"), from: first), range.upperBound)
            if end - first >= 4 {
                endParagraph()
                return pieces(bytes, end..<range.upperBound)
            }
        default: break
        }
        plain(bytes, range)
    }

    /// A line of running text.
    private mutating func plain(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var start = bytes.skipBlanks(range.lowerBound)
        while start < range.upperBound, bytes[start] == WikitextMark.gap || bytes[start].isBlank { start += 1 }
        if start >= range.upperBound {
            // Nothing but what was dropped.
            if bytes.skipBlanks(range.lowerBound) < range.upperBound {
                line.noteGap()
                noteLoss()
            }
            return endParagraph()
        }
        // A blank at its start makes a line stand by itself.
        let isIndented = bytes[range.lowerBound] == 0x20
        if isIndented || isPoem || !isOpen { endParagraph() } else { line.blank() }
        pieces(bytes, range)
        isOpen = !isIndented && !isPoem
        if !isOpen { endParagraph() }
    }

    /// A list's item or an indented line.
    private mutating func item(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        endParagraph()
        var start = range.lowerBound
        var isList = false
        while start < range.upperBound, bytes[start].isListMark {
            if bytes[start] != UInt8(ascii: ":") { isList = true }
            start += 1
        }
        if isList, options.lists == .drop {
            droppedItems.count += 1
            droppedItems.bytes += range.count
            return noteLoss()
        }
        pieces(bytes, start..<range.upperBound)
        endParagraph()
    }

    /// A line inside a table: its cells are parted by blanks, its rows are lines.
    private mutating func cellLine(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        line.blank()
        var start = range.lowerBound
        while start < range.upperBound, bytes[start].isListMark { start += 1 }
        if start == range.lowerBound, bytes[start] == UInt8(ascii: "=") {
            var end = range.upperBound
            while end > start, bytes[end - 1].isWhitespace { end -= 1 }
            if let level = WikitextPreprocessor.headingLevel(bytes, start..<end) {
                return pieces(bytes, start + level..<max(end - level, start + level))
            }
        }
        pieces(bytes, start..<range.upperBound)
    }

    /// A line's text, cut where paragraphs end within it.
    private mutating func pieces(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var start = range.lowerBound
        var position = start
        line.beginQuotes(range)
        let marks = self.marks
        while true {
            position = marks.first(in: bytes, from: position, to: range.upperBound)
            guard position < range.upperBound else { break }
            let byte = bytes[position]
            if byte == WikitextMark.literal {
                position += 2
                continue
            }
            line.add(bytes, start..<position)
            position = mark(bytes, byte, position, range.upperBound)
            start = position
        }
        line.add(bytes, start..<range.upperBound)
    }

    /// A mark of the layout; gives where to go on.
    private mutating func mark(_ bytes: Span<UInt8>, _ byte: UInt8, _ position: Int, _ end: Int) -> Int {
        var next = position + 1
        switch byte {
        case WikitextMark.poemOpen, WikitextMark.poemClose:
            isPoem = byte == WikitextMark.poemOpen
            breakLine()
        case WikitextMark.lineBreak:
            while next < end, bytes[next].isBlank { next += 1 }
            if isPoem || (next < end && bytes[next] == WikitextMark.lineBreak) {
                breakLine()
            } else {
                line.blank()
            }
        case WikitextMark.cell: tableDepth > 0 ? line.blank() : breakLine()
        case WikitextMark.row: tableDepth > 1 ? line.blank() : flushLine()
        case WikitextMark.paragraph, WikitextMark.definition: breakLine()
        case WikitextMark.tableOpen:
            breakLine()
            tableDepth += 1
        case WikitextMark.tableClose:
            tableDepth = max(0, tableDepth - 1)
            breakLine()
        case WikitextMark.tableGap:
            breakLine()
            noteLoss()
        default: break
        }
        return next
    }

    /// Ends the line being written; within the cell of a table it goes on.
    private mutating func breakLine() { tableDepth > 0 ? line.blank() : flushLine() }

    // MARK: Headings

    /// `== Title ==`; false when it is none.
    private mutating func heading(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1].isWhitespace { end -= 1 }
        guard let level = WikitextPreprocessor.headingLevel(bytes, range.lowerBound..<end) else { return false }
        endParagraph()
        while let last = headings.last, last.level >= level {
            closeHeading(last)
            headings.removeLast()
        }
        guard options.headings == .keep else { return true }
        let title = range.lowerBound + level..<max(end - level, range.lowerBound + level)
        line.beginQuotes(title)
        line.add(bytes, title)
        if line.finish() { headings.append(Heading(level: level, text: line.bytes)) }
        line.reset()
        return true
    }

    /// A heading without text below it stays when nothing below it was dropped.
    private mutating func closeHeading(_ heading: Heading) {
        guard !heading.text.isEmpty, !heading.hasLost else { return }
        writeHeadings()
    }

    private mutating func writeHeadings() {
        for index in headings.indices where !headings[index].text.isEmpty {
            append(headings[index].text)
            headings[index].text = []
        }
    }

    private mutating func noteLoss() {
        for index in headings.indices { headings[index].hasLost = true }
    }

    // MARK: Paragraphs

    private mutating func endParagraph() {
        isOpen = false
        flushLine()
    }

    /// Writes the line, after the headings that waited for it.
    private mutating func flushLine() {
        guard line.isTouched else { return }
        if line.finish() {
            if !headings.isEmpty { writeHeadings() }
            append(line.bytes)
        } else if line.hadGap {
            noteLoss()
        }
        line.reset()
    }

    private mutating func append(_ bytes: [UInt8]) {
        if !out.isEmpty { out.append(0x0A) }
        out.append(contentsOf: bytes)
    }
}
