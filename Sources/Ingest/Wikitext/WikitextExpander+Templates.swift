/// One argument of a template.
struct TemplateArgument {
    /// The bytes of its name, without blanks at the ends; empty for an argument by position.
    var key: Range<Int>
    /// Its position from 1, or 0 for a named argument.
    var position: Int
    var value: Range<Int>
    /// The first node in the value, or one before it.
    var first: Int
}

/// Templates, parser functions and template parameters.
extension WikitextExpander {
    /// `{{name|arguments}}`: written by its rule, or dropped.
    mutating func template(_ node: WikitextNode, _ index: Int) {
        let content = Int(node.contentStart)..<Int(node.contentEnd)
        let nameEnd = node.pipeCount > 0 ? Int(matcher.pipes[Int(node.pipes)]) : content.upperBound
        readName(content.lowerBound..<nameEnd, index)
        let colon = name.firstIndex(of: UInt8(ascii: ":"))
        if let rule = rules.find(name) { return apply(rule, node, index, size: size(node)) }
        if let colon {
            let rest = name[(colon + 1)...]
            name.removeLast(rest.count)
            if let rule = rules.find(name) {
                let start = source[content].firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? nameEnd
                return apply(rule, node, index, size: size(node), head: start..<max(start, nameEnd))
            }
            name.removeLast()
        }
        ledger.add(.template, name, 0..<name.count, size: size(node))
        out.append(WikitextMark.gap)
    }

    /// Puts a template's name into `name`: lower case, one blank between words, no comments, at most 64 bytes.
    private mutating func readName(_ range: Range<Int>, _ index: Int) {
        let source = matcher.source
        name.removeAll(keepingCapacity: true)
        var child = index + 1
        var position = range.lowerBound
        while position < range.upperBound, name.count < 64 {
            if child < Int(matcher.nodes[index].next), Int(matcher.nodes[child].start) <= position {
                position = max(position, Int(matcher.nodes[child].end))
                child = Int(matcher.nodes[child].next)
                continue
            }
            let byte = source[position]
            if byte.isWhitespace || byte == UInt8(ascii: "_") {
                if !name.isEmpty, name.last != 0x20 { name.append(0x20) }
            } else {
                name.append(byte.lowercasedASCII)
            }
            position += 1
        }
        // A name cut short ends with a whole character.
        while position < range.upperBound, let last = name.last, last >= 0x80 { name.removeLast() }
        if name.last == 0x20 { name.removeLast() }
        if name.contains(UInt8(ascii: ":")) {
            for prefix in ["template:", "subst:", "safesubst:", "msg:"] where name.starts(with: prefix.utf8) {
                name.removeFirst(prefix.utf8.count)
            }
        }
    }

    private mutating func apply(
        _ rule: TemplateRules.Rule, _ node: WikitextNode, _ index: Int, size: Int, head: Range<Int>? = nil
    ) {
        guard depth < Self.depthLimit else { return drop(.depth, "nesting", size: size) }
        let base = arguments.count
        split(node, index, head: head)
        let span = base..<arguments.count
        let mark = out.count
        switch rule {
        case .pattern(let pieces): _ = write(pieces, span)
        case .function(let function, let parameter): call(function, parameter, span)
        }
        arguments.removeLast(arguments.count - base)
        if out.count == mark { out.append(WikitextMark.gap) }
    }

    /// Finds a template's arguments. What follows the colon of a parser function counts as the first one.
    private mutating func split(_ node: WikitextNode, _ index: Int, head: Range<Int>?) {
        var child = index + 1
        var position = 0
        if let head { add(head, mayBeNamed: false) }
        for k in 0..<Int(node.pipeCount) {
            let start = Int(matcher.pipes[Int(node.pipes) + k]) + 1
            let isLast = k + 1 == Int(node.pipeCount)
            let end = isLast ? Int(node.contentEnd) : Int(matcher.pipes[Int(node.pipes) + k + 1])
            add(start..<end, mayBeNamed: true)
        }

        func add(_ range: Range<Int>, mayBeNamed: Bool) {
            while child < Int(node.next), Int(matcher.nodes[child].start) < range.lowerBound {
                child = Int(matcher.nodes[child].next)
            }
            if mayBeNamed, let equals = equalsSign(in: range, from: child, before: Int(node.next)) {
                let key = trimmed(range.lowerBound..<equals)
                let number = key.count <= 4 ? Int(String(decoding: source[key], as: UTF8.self)) ?? 0 : 0
                let value = trimmed(equals + 1..<range.upperBound)
                arguments.append(TemplateArgument(key: key, position: number, value: value, first: child))
            } else {
                position += 1
                arguments.append(TemplateArgument(key: 0..<0, position: position, value: trimmed(range), first: child))
            }
        }
    }

    /// The first `=` in a range that no node holds.
    private func equalsSign(in range: Range<Int>, from first: Int, before end: Int) -> Int? {
        let source = matcher.source
        var child = first
        var position = range.lowerBound
        while position < range.upperBound {
            if child < end, Int(matcher.nodes[child].start) <= position {
                position = max(position, Int(matcher.nodes[child].end))
                child = Int(matcher.nodes[child].next)
                continue
            }
            if source[position] == UInt8(ascii: "=") { return position }
            position += 1
        }
        return nil
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, source[start].isWhitespace { start += 1 }
        while end > start, source[end - 1].isWhitespace { end -= 1 }
        return start..<end
    }

    /// `{{{name|default}}}`: the default.
    mutating func parameter(_ node: WikitextNode, _ index: Int) {
        guard node.pipeCount > 0 else {
            out.append(WikitextMark.gap)
            return
        }
        let start = Int(matcher.pipes[Int(node.pipes)]) + 1
        let end = node.pipeCount > 1 ? Int(matcher.pipes[Int(node.pipes) + 1]) : Int(node.contentEnd)
        render(start..<end, from: child(of: index, at: start))
    }

    /// Writes a pattern; whether any argument in it had text.
    private mutating func write(_ pieces: [TemplateRules.Piece], _ span: Range<Int>) -> Bool {
        var isFilled = false
        for piece in pieces {
            switch piece {
            case .text(let bytes): out.append(contentsOf: bytes)
            case .argument(let keys):
                if writeFirst(of: keys, span) { isFilled = true } else { out.append(WikitextMark.gap) }
            case .group(let inner):
                let mark = out.count
                if write(inner, span) { isFilled = true } else { out.removeLast(out.count - mark) }
            }
        }
        return isFilled
    }

    private mutating func writeFirst(of keys: [TemplateRules.Key], _ span: Range<Int>) -> Bool {
        for key in keys {
            if case .text(let bytes) = key {
                out.append(contentsOf: bytes)
                return !bytes.isEmpty
            }
            if let argument = argument(key, span), writeValue(argument) { return true }
        }
        return false
    }

    /// The argument that a key means; of several, the last.
    func argument(_ key: TemplateRules.Key, _ span: Range<Int>) -> TemplateArgument? {
        switch key {
        case .position(let number): return arguments[span].last { $0.position == number }
        case .named(let name): return arguments[span].last { source[$0.key].elementsEqual(name) }
        case .last: return arguments[span].last { $0.position > 0 && !$0.value.isEmpty }
        case .text: return nil
        }
    }

    /// Writes an argument's text; whether there was any.
    mutating func writeValue(_ argument: TemplateArgument) -> Bool {
        let mark = out.count
        render(argument.value, from: argument.first)
        if out[mark...].contains(where: { $0 > 0x20 || $0 == WikitextMark.apostrophe }) { return true }
        out.removeLast(out.count - mark)
        return false
    }
}
