/// One argument of a template.
struct TemplateArgument {
    /// The bytes of its name, without blanks at the ends; empty for an argument by position.
    var key: Range<Int>
    /// Its position from 1, or 0 for a named argument.
    var position: Int
    var value: Range<Int>
    /// Name and value together, as parser functions see it.
    var whole: Range<Int>
    /// The first node in the value, or one before it.
    var first: Int32
}

/// Templates and parser functions.
extension WikitextExpander {
    /// `{{name|arguments}}`: written by its rule, or dropped.
    mutating func template(_ node: WikitextNode) {
        let content = Int(node.contentStart)..<Int(node.contentEnd)
        let nameEnd =
            node.separatorCount > 0 ? Int(preprocessor.separators[Int(node.separators)].pipe) : content.upperBound
        guard readName(content.lowerBound..<nameEnd, node) else { return invalid(node) }
        if hasNodes(content.lowerBound..<madeEnd(content.lowerBound..<nameEnd), node) {
            renderName(content.lowerBound..<nameEnd, node)
        }
        if name.last != UInt8(ascii: ":"), let rule = rules.find(name) { return apply(rule, node) }
        if let colon = name.firstIndex(of: UInt8(ascii: ":")) {
            let rest = name[(colon + 1)...]
            name.removeLast(rest.count)
            if let rule = rules.find(name) {
                let start = afterColons(1 + prefixes, content.lowerBound..<nameEnd)
                return apply(rule, node, head: start..<max(start, nameEnd))
            }
            name.removeLast()
        }
        ledger.add(.template, name, 0..<name.count, size: size(node))
        out.append(WikitextMark.gap)
    }

    /// Where the part of a name ends that other templates may make: before the colon of a parser function.
    private func madeEnd(_ range: Range<Int>) -> Int {
        name.contains(UInt8(ascii: ":")) ? afterColons(1 + prefixes, range) : range.upperBound
    }

    /// The place after so many colons, or the end.
    private func afterColons(_ count: Int, _ range: Range<Int>) -> Int {
        var place = range.lowerBound
        for _ in 0..<count {
            guard let colon = source[place..<range.upperBound].firstIndex(of: UInt8(ascii: ":")) else {
                return range.upperBound
            }
            place = colon + 1
        }
        return place
    }

    /// Braces around what cannot be a template's name are text.
    private mutating func invalid(_ node: WikitextNode) {
        for _ in 0..<2 { out.append(contentsOf: [WikitextMark.literal, UInt8(ascii: "{")]) }
        render(Int(node.contentStart)..<Int(node.contentEnd), from: node.first)
        for _ in 0..<2 { out.append(contentsOf: [WikitextMark.literal, UInt8(ascii: "}")]) }
    }

    /// Puts a template's name into `name`: lower case, one blank between words, no comments, at most 128 bytes.
    ///
    /// False when no page can have that name.
    private mutating func readName(_ range: Range<Int>, _ node: WikitextNode) -> Bool {
        let source = self.source
        name.removeAll(keepingCapacity: true)
        prefixes = 0
        var child = node.first
        var position = range.lowerBound
        var isMade = false
        while position < range.upperBound, name.count < 128 {
            if child >= 0, Int(preprocessor.nodes[Int(child)].start) <= position {
                position = max(position, Int(preprocessor.nodes[Int(child)].end))
                let kind = preprocessor.nodes[Int(child)].kind
                if kind == .literal, !name.contains(UInt8(ascii: ":")) { return false }
                if kind != .nothing { isMade = true }
                child = preprocessor.nodes[Int(child)].next
                continue
            }
            let byte = source[position]
            if byte.isWhitespace || byte == UInt8(ascii: "_") {
                if !name.isEmpty, name.last != 0x20 { name.append(0x20) }
            } else {
                if Self.isNoName(byte), !isMade, !name.contains(UInt8(ascii: ":")) { return false }
                name.append(byte.lowercasedASCII)
            }
            position += 1
        }
        // A name cut short ends with a whole character.
        if position < range.upperBound {
            while let last = name.last, last & 0xC0 == 0x80 { name.removeLast() }
            if let last = name.last, last >= 0x80 { name.removeLast() }
        }
        if name.last == 0x20 { name.removeLast() }
        if name.contains(where: { $0 >= 0x80 }) {
            name = Array(String(decoding: name, as: UTF8.self).lowercased().utf8)
        }
        if name.contains(UInt8(ascii: ":")) { removePrefix() }
        return !name.isEmpty || isMade
    }

    /// Whether a byte can stand in no page's name.
    private static func isNoName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            true
        default: false
        }
    }

    private func hasNodes(_ range: Range<Int>, _ node: WikitextNode) -> Bool {
        var child = node.first
        while child >= 0, Int(preprocessor.nodes[Int(child)].start) < range.upperBound {
            if preprocessor.nodes[Int(child)].kind != .nothing { return true }
            child = preprocessor.nodes[Int(child)].next
        }
        return false
    }

    /// A name made by other templates, as in `{{ {{{1|nowrap}}} | text }}`.
    private mutating func renderName(_ range: Range<Int>, _ node: WikitextNode) {
        let (mark, before) = (out.count, errors)
        render(range, from: node.first)
        // What stands behind a colon is rendered again, and counted then.
        errors = before
        let made = out[mark...].filter { $0 >= 0x20 }.prefix(128)
        out.removeLast(out.count - mark)
        name = Array(String(decoding: made, as: UTF8.self).lowercased().trimmingBlanks().utf8)
        if name.contains(UInt8(ascii: ":")) { removePrefix() }
    }

    private mutating func removePrefix() {
        for prefix in ["template:", "subst:", "safesubst:", "msg:", "msgnw:", "raw:"]
        where name.starts(with: prefix.utf8) {
            name.removeFirst(prefix.utf8.count)
            prefixes += 1
            while name.first == 0x20 { name.removeFirst() }
        }
    }

    private mutating func apply(_ rule: TemplateRules.Rule, _ node: WikitextNode, head: Range<Int>? = nil) {
        guard depth < Self.depthLimit else { return drop(.depth, "nesting", size: size(node)) }
        let base = arguments.count
        split(node, head: head)
        let span = base..<arguments.count
        let mark = out.count
        switch rule {
        case .pattern(let pieces): _ = write(pieces, span)
        case .function(let function, let parameter): call(function, parameter, span)
        }
        let isBlock = head != nil || beginsOnOwnLine(span)
        arguments.removeLast(arguments.count - base)
        guard out.count > mark else { return out.append(WikitextMark.gap) }
        if !isBlock, out[mark].isListMark {
            // Templates put their text into a tag, where no list begins.
            out.insert(contentsOf: [WikitextMark.literal, WikitextMark.literal], at: mark)
        }
        // Lists and tables out of a template begin a line.
        if !node.flag, beginsBlock(mark) { return out.insert(0x0A, at: mark) }
        if isInTerm(node) { keepColons(from: mark) }
    }

    /// Whether the first argument with text begins on a line of its own, and is not named.
    private func beginsOnOwnLine(_ span: Range<Int>) -> Bool {
        guard let first = arguments[span].first(where: { !$0.value.isEmpty }), first.key.isEmpty else { return false }
        var place = first.value.lowerBound
        while place > 0, source[place - 1].isWhitespace {
            place -= 1
            if source[place] == 0x0A { return true }
        }
        return false
    }

    private func beginsBlock(_ mark: Int) -> Bool {
        switch out[mark] {
        case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: ";"): out.count > mark + 1
        case UInt8(ascii: "{"): out.count > mark + 1 && out[mark + 1] == UInt8(ascii: "|")
        default: false
        }
    }

    /// Finds a template's arguments.
    ///
    /// What follows the colon of a parser function counts as the first one.
    private mutating func split(_ node: WikitextNode, head: Range<Int>?) {
        var child = node.first
        var position = 0
        let isFunction = head != nil
        if let head { add(head, equals: nil) }
        for k in 0..<Int(node.separatorCount) {
            let separator = preprocessor.separators[Int(node.separators) + k]
            let isLast = k + 1 == Int(node.separatorCount)
            let end =
                isLast ? Int(node.contentEnd) : Int(preprocessor.separators[Int(node.separators) + k + 1].pipe)
            add(Int(separator.pipe) + 1..<end, equals: separator.equals < 0 ? nil : Int(separator.equals))
        }

        func add(_ range: Range<Int>, equals: Int?) {
            child = preprocessor.skip(child, before: range.lowerBound)
            let whole = trimmed(range)
            guard let equals else {
                position += 1
                arguments.append(
                    TemplateArgument(key: 0..<0, position: position, value: whole, whole: whole, first: child))
                return
            }
            let key = trimmed(range.lowerBound..<equals)
            var number =
                key.count <= 4 && !key.isEmpty && source[key.lowerBound] != UInt8(ascii: "0")
                ? String(decoding: source[key], as: UTF8.self).wholeNumber ?? 0 : 0
            if isFunction {
                position += 1
                number = position
            }
            arguments.append(
                TemplateArgument(
                    key: key, position: number, value: trimmed(equals + 1..<range.upperBound), whole: whole,
                    first: child))
        }
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, source[start].isWhitespace { start += 1 }
        while end > start, source[end - 1].isWhitespace { end -= 1 }
        return start..<end
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
