extension WikitextPreprocessor {
    /// A run of `{`: opens templates, parameters or a language variant; a single one is text.
    mutating func openBrace(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let end = bytes.run(of: UInt8(ascii: "{"), from: position)
        let count = end - position
        let hasDash = position > consumed && bytes.at(position - 1) == UInt8(ascii: "-")
        let before = hasDash ? position - 2 : position - 1
        if count == 1 {
            guard hasDash else { return end }
            push(Open(kind: .variant, start: position - 1, count: 2, separators: openSeparators.count))
        } else {
            var open = Open(kind: .brace, start: position, count: count, separators: openSeparators.count)
            open.isLineStart = !hasDash && (before < 0 || bytes[before] == UInt8(ascii: "\n"))
            open.hasDash = hasDash
            push(open)
        }
        consumed = end
        return end
    }

    /// A run of `}`: closes a template, a parameter or a language variant.
    mutating func closeBrace(_ bytes: Span<UInt8>, at position: Int) -> Int {
        guard let top = stack.last else { return position + 1 }
        if top.kind == .variant {
            guard bytes.at(position + 1) == UInt8(ascii: "-") else { return position + 1 }
            close(as: .variant, matching: 2, at: position)
            consumed = position + 2
            return position + 2
        }
        guard top.kind == .brace else { return position + 1 }
        var count = 0
        while count < min(top.count, 3), bytes.at(position + count) == UInt8(ascii: "}") { count += 1 }
        guard count >= 2 else { return position + 1 }
        close(as: count == 3 ? .parameter : .template, matching: count, at: position)
        consumed = position + count
        return position + count
    }

    /// Makes a node of the innermost open thing; what is left of its opening stays open.
    private mutating func close(as kind: WikitextNode.Kind, matching: Int, at position: Int) {
        guard var open = stack.popLast() else { return }
        let start = open.start + open.count - matching
        var node = WikitextNode(
            kind, start: start, content: start + matching..<position, end: position + matching)
        node.flag = open.isLineStart && open.count == matching
        node.first = open.first
        node.separators = Int32(truncatingIfNeeded: separators.count)
        node.separatorCount = Int32(truncatingIfNeeded: openSeparators.count - open.separators)
        separators.append(contentsOf: openSeparators[open.separators...])
        openSeparators.removeLast(openSeparators.count - open.separators)
        let number = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(node)
        open.count -= matching
        guard kind != .variant, open.count >= 2 || (open.count == 1 && open.hasDash) else {
            attach(number)
            return updateStops()
        }
        (open.first, open.last, open.awaitsEquals) = (number, number, false)
        if open.count == 1 {
            (open.kind, open.start, open.count, open.hasDash) = (.variant, open.start - 1, 2, false)
        }
        push(open)
    }

    /// `[[` keeps what is in it together until `]]`; a single bracket is text.
    mutating func openBracket(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let end = bytes.run(of: UInt8(ascii: "["), from: position)
        guard end - position >= 2 else { return end }
        push(Open(kind: .bracket, start: position, count: end - position, separators: openSeparators.count))
        return end
    }

    mutating func closeBracket(_ bytes: Span<UInt8>, at position: Int) -> Int {
        guard let top = stack.last, top.kind == .bracket, bytes.at(position + 1) == UInt8(ascii: "]") else {
            return position + 1
        }
        if top.count >= 4 {
            stack[stack.count - 1].count -= 2
        } else {
            stack.removeLast()
            handOn(top)
            updateStops()
        }
        return position + 2
    }
}
