extension WikitextMatcher {
    /// A run of `{`: a template, a parameter, a table at a line's start, or a language variant.
    mutating func openBrace(at position: Int) -> Int {
        var end = position + 1
        while byte(end) == UInt8(ascii: "{") { end += 1 }
        let count = end - position
        if count == 1 {
            if byte(end) == UInt8(ascii: "|"), position == lineContent {
                push(.table, at: position, contentStart: end + 1)
                return end + 1
            }
            if position > 0, source[position - 1] == UInt8(ascii: "-") {
                push(.variant, at: position - 1, contentStart: end)
            }
            return end
        }
        push(.brace, at: position, contentStart: end, count: count, slots: count / 2)
        return end
    }

    /// A run of `}`: closes as many templates and parameters as it can.
    mutating func closeBrace(at position: Int) -> Int {
        var end = position + 1
        while byte(end) == UInt8(ascii: "}") { end += 1 }
        var place = position
        while place < end {
            if end - place == 1 || stack.last?.kind == .variant, closeVariant(at: place) {
                place += 2
                continue
            }
            guard end - place >= 2, openBraces > 0 else { break }
            while let open = stack.last, open.kind != .brace { cancelTop() }
            place = closeBraces(at: place, available: end - place)
        }
        if end - place >= 2 { leaf(.nothing, place, end: end) }
        return max(place, end)
    }

    private mutating func closeVariant(at position: Int) -> Bool {
        guard stack.last?.kind == .variant, byte(position + 1) == UInt8(ascii: "-") else { return false }
        closeTop(as: .variant, contentEnd: position, end: position + 2)
        return true
    }

    /// Closes the innermost braces with two or three of `available`; the rest of a longer run stays open around them.
    private mutating func closeBraces(at position: Int, available: Int) -> Int {
        guard var open = stack.last else { return position + available }
        let width = min(open.count, available) >= 3 ? 3 : 2
        let start = open.contentStart - width
        let node = open.node + open.slots - 1
        fill(
            node, width == 3 ? .parameter : .template, start: start, contentStart: open.contentStart,
            contentEnd: position,
            end: position + width)
        takePipes(for: node, from: open.pipes)
        open.count -= width
        open.slots -= 1
        if open.count >= 2, open.slots > 0 {
            open.contentStart = start
            stack[stack.count - 1] = open
        } else {
            stack.removeLast()
            tally(.brace, -1)
        }
        return position + width
    }

    /// A run of `[`: links by pairs from the right, or one link to another site.
    mutating func openBracket(at position: Int) -> Int {
        var end = position + 1
        while byte(end) == UInt8(ascii: "[") { end += 1 }
        let count = end - position
        if count % 2 == 1, startsAddress(at: end) {
            for pair in 0..<count / 2 { push(.link, at: position + pair * 2, contentStart: position + pair * 2 + 2) }
            push(.externalLink, at: end - 1, contentStart: end)
            return end
        }
        singleBrackets += count % 2
        var place = position + count % 2
        while place < end {
            push(.link, at: place, contentStart: place + 2)
            place += 2
        }
        return end
    }

    /// A run of `]`.
    mutating func closeBracket(at position: Int) -> Int {
        if stack.last?.kind == .externalLink {
            closeTop(as: .externalLink, contentEnd: position, end: position + 1)
            return position + 1
        }
        guard byte(position + 1) == UInt8(ascii: "]") else {
            singleBrackets = max(0, singleBrackets - 1)
            return position + 1
        }
        if openLinks > 0, reachLink() {
            closeTop(as: .link, contentEnd: position, end: position + 2)
            return position + 2
        }
        if singleBrackets > 0 {
            singleBrackets -= 1
            return position + 1
        }
        leaf(.nothing, position, end: position + 2)
        return position + 2
    }

    /// Makes a link the innermost open thing, giving up what was opened in it on this line and not closed.
    private mutating func reachLink() -> Bool {
        if stack.last?.kind == .link { return true }
        for depth in 2...4 {
            guard stack.count >= depth else { return false }
            let open = stack[stack.count - depth]
            if open.kind == .table || open.kind == .htmlTable || open.line != line { return false }
            guard open.kind == .link else { continue }
            for _ in 1..<depth { cancelTop() }
            return true
        }
        return false
    }

    /// Whether an address begins here: `http://`, `//`, `mailto:` and the like.
    private func startsAddress(at position: Int) -> Bool {
        var place = position
        while place < position + 8, byte(place).isASCIILetter { place += 1 }
        if byte(place) == UInt8(ascii: ":"), place > position {
            if byte(place + 1) == UInt8(ascii: "/"), byte(place + 2) == UInt8(ascii: "/") { return true }
            let scheme = source[position..<place].map(\.lowercasedASCII)
            return scheme == Array("mailto".utf8) || scheme == Array("news".utf8) || scheme == Array("tel".utf8)
        }
        return place == position && byte(place) == UInt8(ascii: "/") && byte(place + 1) == UInt8(ascii: "/")
    }
}
