/// Templates in the line of a term: the colon that parts it from its definition is none of theirs.
extension WikitextExpander {
    /// Whether a template of the page itself stands in a line that defines a term; each byte is looked at twice at most.
    mutating func isInTerm(_ node: WikitextNode) -> Bool {
        let start = Int(node.start)
        guard depth == 1 else { return false }
        if start < latestLine.end { return latestLine.isTerm }
        var begin = start
        while begin > latestLine.end, source[begin - 1] != 0x0A { begin -= 1 }
        var end = start
        while end < source.count, source[end] != 0x0A { end += 1 }
        var marks = begin
        while marks < start, source[marks].isListMark { marks += 1 }
        latestLine = (end, marks > begin && source[marks - 1] == UInt8(ascii: ";"))
        return latestLine.isTerm
    }

    /// Makes the colons of what a template wrote text, up to the end of its first line; those of links, tags and addresses
    /// are left to them.
    mutating func keepColons(from mark: Int) {
        guard out[mark...].contains(UInt8(ascii: ":")) else { return }
        let written = Array(out[mark...])
        out.removeLast(out.count - mark)
        var (links, isTag, isFirstLine) = (0, false, true)
        for (place, byte) in written.enumerated() {
            let next = place + 1 < written.count ? written[place + 1] : 0
            switch byte {
            case 0x0A: isFirstLine = false
            case UInt8(ascii: "[") where next == byte: links += 1
            case UInt8(ascii: "]") where next == byte: links -= 1
            case UInt8(ascii: "<"): isTag = true
            case UInt8(ascii: ">"): isTag = false
            case UInt8(ascii: ":") where isFirstLine && links <= 0 && !isTag && next != UInt8(ascii: "/"):
                if place == 0 || written[place - 1] != WikitextMark.literal { out.append(WikitextMark.literal) }
            default: break
            }
            out.append(byte)
        }
    }
}
