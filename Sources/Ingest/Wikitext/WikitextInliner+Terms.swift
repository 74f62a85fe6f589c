/// Lines that define terms: where the colon parts a term from its definition.
extension WikitextInliner {
    /// Counts the definitions that a line's marks ask for: one for each `;` that opens a list, one if the last goes on.
    mutating func countTerms(_ bytes: Span<UInt8>, _ marks: Range<Int>) -> Range<Int> {
        // A `;` of the line before counts as `:`, so that no `;` is ever the same again but in a line of the same marks.
        let latest = latestMarks
        func isSame(_ index: Int, _ mark: UInt8) -> Bool {
            let before = bytes[latest.lowerBound + index]
            return mark == (before == UInt8(ascii: ";") ? UInt8(ascii: ":") : before)
        }
        let isAlike =
            marks.count == latest.count
            && marks.allSatisfy {
                isSame($0 - marks.lowerBound, bytes[$0] == UInt8(ascii: ";") ? UInt8(ascii: ":") : bytes[$0])
            }
        if isAlike {
            terms = marks.last.map { bytes[$0] } == UInt8(ascii: ";") ? 1 : 0
            return marks
        }
        var isCommon = true
        for place in marks {
            let index = place - marks.lowerBound
            isCommon = isCommon && index < latest.count && isSame(index, bytes[place])
            if !isCommon, bytes[place] == UInt8(ascii: ";") { terms += 1 }
        }
        return marks
    }

    /// `:` in a term's line: the definition follows, unless it is part of an address or of a tag's content.
    mutating func colon(_ bytes: Span<UInt8>, at position: Int) -> Int {
        let isAddress = bytes.at(position + 1) == UInt8(ascii: "/") && bytes.at(position + 2) == UInt8(ascii: "/")
        if isAddress, openAddress == nil { return bareAddress(bytes, at: position) }
        if termTags > 0 || openAddress != nil || latestMarks.contains(position) || isInQuotes() {
            return text(UInt8(ascii: ":"), position)
        }
        terms -= 1
        out.append(WikitextMark.definition)
        updateStops()
        return position + 1
    }

    /// The rest of an address from the colon on; a colon at its end is none of it.
    private mutating func bareAddress(_ bytes: Span<UInt8>, at position: Int) -> Int {
        var end = addressEnd(bytes, from: position + 3)
        while end > position + 3, ",;.:!?".utf8.contains(bytes[end - 1]) { end -= 1 }
        copy(bytes, position, end)
        return end
    }

    /// Whether italics or bold are open at the end of `out`, in the line of a term; each byte is looked at once.
    private mutating func isInQuotes() -> Bool {
        var quotes = termQuotes ?? ((out.lastIndex(of: 0x0A) ?? -1) + 1, false, false)
        while quotes.position < out.count {
            let end = out.span.run(of: 0x27, from: quotes.position)
            let count = end - quotes.position
            if count == 2 || count >= 5 { quotes.isItalic.toggle() }
            if count >= 3 { quotes.isBold.toggle() }
            quotes.position = max(end, quotes.position + 1)
        }
        termQuotes = quotes
        return quotes.isItalic || quotes.isBold
    }
}
