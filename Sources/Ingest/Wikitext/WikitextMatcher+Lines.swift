extension WikitextMatcher {
    /// A line ends: links that may not go on are given up, a heading is judged.
    mutating func endLine(at position: Int) -> Int {
        let isBlankNext = nextLineIsBlank(position + 1)
        let isHeadingNext = byte(position + 1) == UInt8(ascii: "=")
        while let open = stack.last {
            let isOver: Bool
            switch open.kind {
            case .externalLink: isOver = true
            // A target holds no line break, and only a picture's caption holds a paragraph's end.
            case .link: isOver = openPipes.count == open.pipes || isHeadingNext || (isBlankNext && !mayBeFile(open))
            case .code: isOver = isHeadingNext
            default: isOver = false
            }
            guard isOver else { break }
            cancelTop()
        }
        closeHeading(at: position)
        line += 1
        return beginLine(at: position + 1)
    }

    /// Notes where a line's text begins and whether it may be a heading.
    mutating func beginLine(at position: Int) -> Int {
        singleBrackets = 0
        var content = position
        while content < source.count, source[content].isBlank || source[content] == UInt8(ascii: ":") { content += 1 }
        lineContent = content
        if byte(position) == UInt8(ascii: "=") {
            heading = (reserve(1, at: position), stack.count)
        }
        return content
    }

    /// Makes a heading of the line that ends at `position`, if it is one.
    mutating func closeHeading(at position: Int) {
        guard let candidate = heading, stack.count <= candidate.depth else { return }
        heading = nil
        guard stack.count == candidate.depth else { return }
        let start = Int(nodes[candidate.node].start)
        let end = headingEnd(start: start, end: position)
        var level = 0
        while level < 6, start + level < end, source[start + level] == UInt8(ascii: "=") { level += 1 }
        var closing = 0
        while closing < level, source[end - 1 - closing] == UInt8(ascii: "=") { closing += 1 }
        level = min(level, closing)
        guard level > 0, start + level < end - level else { return }
        fill(
            candidate.node, .heading, start: start, contentStart: start + level, contentEnd: end - level, end: position)
        nodes[candidate.node].detail = UInt8(level)
    }

    /// Where a heading's text ends: blanks and comments may follow it.
    private func headingEnd(start: Int, end: Int) -> Int {
        var end = end
        var node = nodes.count - 1
        while end > start {
            if source[end - 1].isBlank {
                end -= 1
            } else if node >= 0, nodes[node].kind == .nothing, Int(nodes[node].end) == end,
                byte(Int(nodes[node].start)) == UInt8(ascii: "<")
            {
                end = Int(nodes[node].start)
                node -= 1
            } else {
                break
            }
        }
        return end
    }

    private func nextLineIsBlank(_ position: Int) -> Bool {
        var position = position
        while position < source.count, source[position].isBlank { position += 1 }
        return position >= source.count || source[position] == UInt8(ascii: "\n")
    }

    /// Whether a link's target has a prefix and so may be a picture.
    private func mayBeFile(_ open: Open) -> Bool {
        for position in open.contentStart..<min(open.contentStart + 64, source.count) {
            if source[position] == UInt8(ascii: ":") { return position > open.contentStart }
            if source[position] == UInt8(ascii: "|") { return false }
        }
        return false
    }

    /// `|`: a separator of a template or link, or a table's end.
    mutating func separator(at position: Int) -> Int {
        if position == lineContent, byte(position + 1) == UInt8(ascii: "}"), let after = tableEnd(at: position) {
            return after
        }
        if let kind = stack.last?.kind, kind == .brace || kind == .link {
            openPipes.append(Int32(truncatingIfNeeded: position))
        }
        return position + 1
    }

    /// `|}` at a line's start. `|}}` ends a template when there is one around.
    private mutating func tableEnd(at position: Int) -> Int? {
        guard openTables > 0 else { return nil }
        let braces = byte(position + 2) != UInt8(ascii: "}") ? 0 : byte(position + 3) != UInt8(ascii: "}") ? 1 : 2
        if braces == 1, openBraces > 0 { return nil }
        if stack.last?.kind != .table, braces > 0 { return nil }
        while let open = stack.last, open.kind != .table { cancelTop() }
        closeTop(as: .table, contentEnd: position, end: position + 2)
        return position + 2
    }
}
