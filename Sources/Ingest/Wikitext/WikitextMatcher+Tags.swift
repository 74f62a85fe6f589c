extension WikitextMatcher {
    /// `<`: a comment, a tag that wikitext knows, or text.
    mutating func angle(at position: Int) -> Int {
        if byte(position + 1) == UInt8(ascii: "!"), byte(position + 2) == UInt8(ascii: "-"),
            byte(position + 3) == UInt8(ascii: "-")
        {
            return comment(at: position)
        }
        let isClosing = byte(position + 1) == UInt8(ascii: "/")
        guard let (index, nameEnd) = name(at: position + (isClosing ? 2 : 1)) else { return position + 1 }
        var end = nameEnd
        while end < source.count, source[end] != UInt8(ascii: ">"), source[end] != UInt8(ascii: "<") { end += 1 }
        let role = tags.roles[index]
        guard byte(end) == UInt8(ascii: ">") else {
            if role == .drop { return dropRest(index, from: position, after: nameEnd, wholeLine: true) }
            return position + 1
        }
        let isEmpty = source[end - 1] == UInt8(ascii: "/")
        let attributes = nameEnd..<end
        end += 1
        switch role {
        case .drop where !isClosing: return dropped(index, at: position, attributes, end: end, isEmpty: isEmpty)
        case .literal where !isClosing && !isEmpty: return literal(index, at: position, end: end)
        case .table: table(index, at: position, end: end, isClosing: isClosing)
        case .code where !isEmpty: code(index, at: position, end: end, isClosing: isClosing)
        default: leaf(.tag, detail: index, position, content: position + (isClosing ? 1 : 0)..<end, end: end)
        }
        return end
    }

    /// A comment; alone on its line it goes with the line. Unclosed, it goes to the end.
    private mutating func comment(at position: Int) -> Int {
        var end = position + 6
        while end < source.count {
            if source[end] == UInt8(ascii: ">"), source[end - 1] == UInt8(ascii: "-"),
                source[end - 2] == UInt8(ascii: "-")
            {
                break
            }
            end += 1
        }
        end = min(end + 1, source.count)
        var start = position
        while start > 0, source[start - 1] == 0x20 { start -= 1 }
        var after = end
        while after < source.count, source[after].isBlank { after += 1 }
        let isAlone = (start == 0 || source[start - 1] == 0x0A) && byte(after) == 0x0A && heading == nil
        guard isAlone, start >= Int(nodes.last?.end ?? 0) else {
            leaf(.nothing, position, end: end)
            return end
        }
        leaf(.nothing, start, end: after + 1)
        line += 1
        return beginLine(at: after + 1)
    }

    /// The tag whose name begins at `start`, and where the name ends.
    private mutating func name(at start: Int) -> (index: Int, end: Int)? {
        tagName.removeAll(keepingCapacity: true)
        var end = start
        while end < start + 20, byte(end).isASCIILetter || (end > start && byte(end).isASCIIDigit) {
            tagName.append(source[end].lowercasedASCII)
            end += 1
        }
        guard let index = tags.find(tagName) else { return nil }
        let after = byte(end)
        guard after.isWhitespace || after == UInt8(ascii: "/") || after == UInt8(ascii: ">") || after == 0 else {
            return nil
        }
        return (index, end)
    }

    /// A tag that goes with its content.
    private mutating func dropped(
        _ index: Int, at position: Int, _ attributes: Range<Int>, end: Int, isEmpty: Bool
    ) -> Int {
        if isEmpty {
            leaf(.dropped, detail: index, position, end: end)
            return end
        }
        if let (contentEnd, closeEnd) = closing(of: index, from: end) {
            leaf(.dropped, detail: index, position, content: end..<contentEnd, end: closeEnd)
            noteLines(position..<closeEnd)
            return closeEnd
        }
        // `<ref name="x">` without an end is a slip for `<ref name="x"/>`; others may hold text of theirs.
        if index == tags.ref, contains("name", in: attributes) {
            leaf(.dropped, detail: index, position, end: end)
            return end
        }
        return dropRest(index, from: position, after: end, wholeLine: index == tags.ref)
    }

    /// Drops an unclosed tag with the rest of its line or paragraph.
    private mutating func dropRest(_ index: Int, from position: Int, after: Int, wholeLine: Bool) -> Int {
        var end = after
        while end < source.count {
            if source[end] == 0x0A, wholeLine || byte(end + 1) == 0x0A { break }
            if end > after, index == tags.ref, source[end] == UInt8(ascii: "<") { break }
            end += 1
        }
        leaf(.dropped, detail: index, position, content: after..<end, end: end)
        noteLines(position..<end)
        return end
    }

    /// The end of a dropped tag's content: the first closing tag. A `<ref` inside a `<ref>` shows that it was never
    /// closed. Each failure is remembered, so that the page is searched once for each tag.
    private mutating func closing(of index: Int, from start: Int) -> (contentEnd: Int, end: Int)? {
        guard !unclosable[index] else { return nil }
        let page = source
        let bytes = page.span
        var place = start
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                place += 1
                continue
            }
            if byte(place + 1) == UInt8(ascii: "/") {
                if let found = name(at: place + 2), found.index == index { return (place, endOfTag(found.end)) }
            } else if index == tags.ref, let found = name(at: place + 1), found.index == index {
                return nil
            }
            place += 1
        }
        unclosable[index] = true
        return nil
    }

    private func endOfTag(_ position: Int) -> Int {
        var end = position
        while byte(end).isWhitespace { end += 1 }
        return byte(end) == UInt8(ascii: ">") ? end + 1 : end
    }

    private mutating func literal(_ index: Int, at position: Int, end: Int) -> Int {
        guard let (contentEnd, closeEnd) = closing(of: index, from: end) else {
            leaf(.tag, detail: index, position, content: position..<end, end: end)
            return end
        }
        leaf(.literal, position, content: end..<contentEnd, end: closeEnd)
        noteLines(position..<closeEnd)
        return closeEnd
    }

    private mutating func table(_ index: Int, at position: Int, end: Int, isClosing: Bool) {
        if !isClosing { return push(.htmlTable, at: position, contentStart: end) }
        guard stack.last?.kind == .htmlTable else { return leaf(.nothing, position, end: end) }
        closeTop(as: .table, contentEnd: position, end: end)
    }

    /// `<code>`: the tag goes; a block of code, over several lines, goes whole.
    private mutating func code(_ index: Int, at position: Int, end: Int, isClosing: Bool) {
        guard isClosing, let open = stack.last, open.kind == .code else {
            leaf(.tag, detail: index, position, content: position..<end, end: end)
            if !isClosing { push(.code, at: end, contentStart: end) }
            return
        }
        if open.line == line {
            cancelTop()
            leaf(.tag, detail: index, position, content: position..<end, end: end)
        } else {
            closeTop(as: .dropped, contentEnd: position, end: end)
            nodes[open.node].detail = UInt8(truncatingIfNeeded: index)
        }
    }

    /// Keeps the count of lines right over content that is not looked into.
    private mutating func noteLines(_ range: Range<Int>) {
        let page = source
        let bytes = page.span
        var lines = 0
        for place in range where bytes[place] == 0x0A { lines += 1 }
        line += lines
    }

    private func contains(_ word: StaticString, in range: Range<Int>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard range.count >= count else { return false }
        return word.withUTF8Buffer { letters in
            (range.lowerBound...range.upperBound - count).contains { start in
                letters.indices.allSatisfy { source[start + $0].lowercasedASCII == letters[$0] }
            }
        }
    }
}
