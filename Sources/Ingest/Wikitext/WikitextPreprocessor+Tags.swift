extension WikitextPreprocessor {
    /// `<`: a comment, an extension's tag, or text.
    mutating func angle(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let next = bytes.at(position + 1)
        if next == UInt8(ascii: "!") {
            guard bytes.at(position + 2) == UInt8(ascii: "-"), bytes.at(position + 3) == UInt8(ascii: "-") else {
                return position + 1
            }
            return comment(bytes, at: position)
        }
        let isClosing = next == UInt8(ascii: "/")
        guard let (tag, nameEnd) = tags.find(bytes, at: position + (isClosing ? 2 : 1), &tagName),
            tags.roles[tag].isForPreprocessor, endsName(bytes, at: nameEnd)
        else { return position + 1 }
        guard hasMoreTagEnds, let close = bytes.first(UInt8(ascii: ">"), from: nameEnd, to: bytes.count) else {
            hasMoreTagEnds = false
            return position + 1
        }
        return element(bytes, tag, at: position, attributes: nameEnd..<close, isClosing: isClosing)
    }

    private func endsName(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        switch bytes.at(position) {
        case UInt8(ascii: ">"): true
        case UInt8(ascii: "/"): bytes.at(position + 1) == UInt8(ascii: ">")
        case let byte: byte.isWhitespace
        }
    }

    /// A tag of an extension, with its content.
    private mutating func element(
        _ bytes: Span<UInt8>, _ tag: Int, at position: Int, attributes: Range<Int>, isClosing: Bool
    ) -> Int {
        let end = attributes.upperBound + 1
        let isEmpty = bytes[end - 2] == UInt8(ascii: "/")
        let role = tags.roles[tag]
        if role == .transparent || role == .poem {
            leaf(.tag, detail: tag, flag: isClosing, position, content: position..<position, end: end)
            return end
        }
        if isClosing {
            // MediaWiki shows the end of a core tag that was not opened; those of extensions are slips.
            guard !tags.isCore[tag] else { return position + 1 }
            leaf(.nothing, position, content: position..<position, end: end)
            return end
        }
        if isEmpty {
            add(bytes, tag, at: position, attributes, content: end..<end, end: end)
            return end
        }
        if let (contentEnd, closeEnd) = closing(bytes, of: tag, from: end) {
            add(bytes, tag, at: position, attributes, content: end..<contentEnd, end: closeEnd)
            return closeEnd
        }
        if role == .includeOnly {
            leaf(.nothing, position, content: position..<position, end: bytes.count)
            return bytes.count
        }
        if !tags.isCore[tag] { leaf(.nothing, position, content: position..<position, end: end) }
        return end
    }

    private mutating func add(
        _ bytes: Span<UInt8>, _ tag: Int, at position: Int, _ attributes: Range<Int>, content: Range<Int>, end: Int
    ) {
        let kind: WikitextNode.Kind =
            switch tags.roles[tag] {
            case .nowiki, .pre: .literal
            case .code: contains("inline", bytes, attributes) ? .literal : .dropped
            case .includeOnly: .nothing
            default: .dropped
            }
        leaf(kind, detail: tag, position, content: content, end: end)
    }

    /// The end of a tag's content: the first closing tag.
    ///
    /// Each failure is remembered, so that the page is searched once for each tag.
    private mutating func closing(_ bytes: Span<UInt8>, of tag: Int, from start: Int) -> (contentEnd: Int, end: Int)? {
        guard !unclosable[tag] else { return nil }
        let name = tags.words[tag]
        var place = start
        while let found = bytes.first(UInt8(ascii: "<"), from: place, to: bytes.count) {
            place = found + 1
            guard bytes.at(place) == UInt8(ascii: "/"), place + 1 + name.count < bytes.count else { continue }
            var index = 0
            while index < name.count, bytes[place + 1 + index].lowercasedASCII == name[index] { index += 1 }
            guard index == name.count else { continue }
            place += 1 + index
            while bytes.at(place).isWhitespace { place += 1 }
            if bytes.at(place) == UInt8(ascii: ">") { return (found, place + 1) }
        }
        unclosable[tag] = true
        return nil
    }

    /// A comment; alone on its line it goes with the line.
    ///
    /// Unclosed, it goes to the end.
    private mutating func comment(_ bytes: Span<UInt8>, at position: Int) -> Int {
        guard var end = commentEnd(bytes, from: position + 4) else {
            leaf(.nothing, position, content: position..<position, end: bytes.count)
            return bytes.count
        }
        var start = position
        while start > 0, bytes[start - 1].isBlank { start -= 1 }
        guard start > 0, bytes[start - 1] == UInt8(ascii: "\n") else {
            leaf(.nothing, position, content: position..<position, end: end)
            return end
        }
        // Several comments may share the line.
        let firstEnd = end
        var after = bytes.skipBlanks(end)
        while isComment(bytes, at: after), let next = commentEnd(bytes, from: after + 4) {
            end = next
            after = bytes.skipBlanks(end)
        }
        if bytes.at(after) == UInt8(ascii: "\r") { after += 1 }
        guard bytes.at(after) == UInt8(ascii: "\n") else {
            leaf(.nothing, position, content: position..<position, end: firstEnd)
            return firstEnd
        }
        leaf(.nothing, start, content: start..<start, end: after + 1)
        return bytes.at(after + 1) == UInt8(ascii: "=") ? beginLine(bytes, at: after + 1) : after + 1
    }

    private func isComment(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        bytes.at(position) == UInt8(ascii: "<") && bytes.at(position + 1) == UInt8(ascii: "!")
            && bytes.at(position + 2) == UInt8(ascii: "-") && bytes.at(position + 3) == UInt8(ascii: "-")
    }

    private func commentEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        while let found = bytes.first(UInt8(ascii: ">"), from: place, to: bytes.count) {
            if found >= start + 2, bytes[found - 1] == UInt8(ascii: "-"), bytes[found - 2] == UInt8(ascii: "-") {
                return found + 1
            }
            place = found + 1
        }
        return nil
    }

    private func contains(_ word: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard range.count >= count else { return false }
        return word.withUTF8Buffer { letters in
            var start = range.lowerBound
            while start + count <= range.upperBound {
                var index = 0
                while index < count, bytes[start + index].lowercasedASCII == letters[index] { index += 1 }
                if index == count { return true }
                start += 1
            }
            return false
        }
    }
}
