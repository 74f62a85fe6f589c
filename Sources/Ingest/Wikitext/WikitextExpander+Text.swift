/// Text between the nodes: entities, bare addresses, magic words, signatures.
extension WikitextExpander {
    private static let specials = ASCIISet("&:_~\u{7F}", controls: true)
    private static let addressEnd = ASCIISet(" <>[]{}|\"", controls: true)

    /// Words between double underscores that are switches and no text.
    private static let switches: Set<String> = [
        "NOTOC", "FORCETOC", "TOC", "NOEDITSECTION", "NEWSECTIONLINK", "NONEWSECTIONLINK", "NOGALLERY", "HIDDENCAT",
        "EXPECTUNUSEDCATEGORY", "NOCONTENTCONVERT", "NOCC", "NOTITLECONVERT", "NOTC", "START", "END", "INDEX",
        "NOINDEX",
        "STATICREDIRECT", "DISAMBIG", "NOGLOBAL", "EXPECTUNUSEDTEMPLATE", "ARCHIVEDTALK", "NOTALK",
        "EXPECTWITHOUTSCANS",
    ]

    /// Writes text that holds no nodes.
    mutating func text(_ range: Range<Int>) {
        let source = matcher.source
        let bytes = source.span
        let specials = Self.specials
        var position = range.lowerBound
        let end = range.upperBound
        while position < end {
            var stop = position
            while stop < end, !specials.contains(bytes[stop]) { stop += 1 }
            out.append(contentsOf: source[position..<stop])
            guard stop < end else { return }
            switch source[stop] {
            case UInt8(ascii: "&"): position = entity(source, stop, end)
            case UInt8(ascii: ":"): position = address(source, stop, end)
            case UInt8(ascii: "_"): position = magicWord(source, stop, end)
            case UInt8(ascii: "~"): position = signature(source, stop, end)
            default: position = stop + 1
            }
        }
    }

    /// The content of `<nowiki>`.
    mutating func literal(_ range: Range<Int>) {
        let source = matcher.source
        out.append(WikitextMark.literal)
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = source[position]
            if byte == UInt8(ascii: "&") {
                position = entity(source, position, range.upperBound)
                continue
            }
            if byte == UInt8(ascii: "'") {
                out.append(WikitextMark.apostrophe)
            } else if byte >= 0x20 || byte.isWhitespace {
                out.append(byte)
            }
            if byte == 0x0A { out.append(WikitextMark.literal) }
            position += 1
        }
    }

    /// `&name;`, also when its ampersand was escaped once more, as in `&amp;nbsp;`.
    private mutating func entity(_ source: [UInt8], _ position: Int, _ end: Int) -> Int {
        guard var found = HTMLEntities.decode(source, position + 1, end) else {
            out.append(UInt8(ascii: "&"))
            return position + 1
        }
        while found.scalar == "&", let inner = HTMLEntities.decode(source, found.end, end) { found = inner }
        append(found.scalar)
        return found.end
    }

    /// Writes a character that is text and no markup.
    mutating func append(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value < 0x20 || value == 0x7F {
            out.append(0x20)
        } else if value == 0x27 {
            out.append(WikitextMark.apostrophe)
        } else if value < 0x80 {
            out.append(WikitextMark.literal)
            out.append(UInt8(value))
        } else {
            out.append(contentsOf: UTF8.encode(scalar)!)
        }
    }

    /// `:`: text, or the middle of a bare address, which goes.
    private mutating func address(_ source: [UInt8], _ position: Int, _ end: Int) -> Int {
        guard position + 3 < end, source[position + 1] == UInt8(ascii: "/"), source[position + 2] == UInt8(ascii: "/"),
            let scheme = writtenScheme()
        else {
            out.append(UInt8(ascii: ":"))
            return position + 1
        }
        var stop = position + 3
        while stop < end, !Self.addressEnd.contains(source[stop]), !source[stop].isWhitespace {
            if source[stop] == UInt8(ascii: "'"), stop + 1 < end, source[stop + 1] == UInt8(ascii: "'") { break }
            stop += 1
        }
        while stop > position + 3, ".,;:!?)".utf8.contains(source[stop - 1]) { stop -= 1 }
        out.removeLast(scheme)
        drop(.url, "bare", size: stop - position + scheme)
        return stop
    }

    /// The length of the scheme that the output ends with.
    private func writtenScheme() -> Int? {
        for scheme in ["https", "http", "ftp", "irc", "gopher"] where out.count >= scheme.utf8.count {
            let start = out.count - scheme.utf8.count
            guard zip(out[start...], scheme.utf8).allSatisfy({ $0.0.lowercasedASCII == $0.1 }) else { continue }
            return start > 0 && out[start - 1].isASCIILetter ? nil : scheme.utf8.count
        }
        return nil
    }

    /// `__SWITCH__`: goes if it is known, or stands alone on its line.
    private mutating func magicWord(_ source: [UInt8], _ position: Int, _ end: Int) -> Int {
        var stop = position + 2
        if position + 1 < end, source[position + 1] == UInt8(ascii: "_") {
            while stop < min(end, position + 60), source[stop] >= 0x80 || (source[stop] >= 0x41 && source[stop] <= 0x5A)
            {
                stop += 1
            }
            if stop > position + 2, stop + 1 < end, source[stop] == UInt8(ascii: "_"),
                source[stop + 1] == UInt8(ascii: "_")
            {
                let word = String(decoding: source[position + 2..<stop], as: UTF8.self)
                let isAlone =
                    (position == 0 || source[position - 1] == 0x0A)
                    && (stop + 2 >= end || source[stop + 2].isWhitespace)
                if isAlone || Self.switches.contains(word) { return stop + 2 }
            }
        }
        out.append(UInt8(ascii: "_"))
        return position + 1
    }

    /// Three tildes or more.
    private mutating func signature(_ source: [UInt8], _ position: Int, _ end: Int) -> Int {
        var stop = position
        while stop < end, source[stop] == UInt8(ascii: "~") { stop += 1 }
        if stop - position < 3 { out.append(contentsOf: source[position..<stop]) }
        return stop
    }
}
