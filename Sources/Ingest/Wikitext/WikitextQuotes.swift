/// Apostrophes of one line as marks of italics and bold, by the rules of MediaWiki.
///
/// Two are italics, three bold, five both; a fourth and those beyond five are text. When neither italics nor bold come
/// out even in a line, one bold mark is an apostrophe before italics: the first after a word of one letter, else the
/// first after a longer word, else the first after a blank.
struct WikitextQuotes {
    /// The line.
    let range: Range<Int>
    /// The bold mark that is an apostrophe and italics.
    private var apostrophe = -1

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self.range = range
        var (italics, bolds) = (0, 0)
        var (single, multiple, blank) = (-1, -1, -1)
        var position = range.lowerBound
        while let start = bytes.first(0x27, from: position, to: range.upperBound) {
            position = start + 1
            while position < range.upperBound, bytes[position] == 0x27 { position += 1 }
            let count = position - start
            if count == 2 || count >= 5 { italics += 1 }
            if count >= 3 { bolds += 1 }
            guard count == 3 || count == 4 else { continue }
            let bold = position - 3
            let before = bold > range.lowerBound ? bytes[bold - 1] : 0
            let beforeThat = bold - 1 > range.lowerBound ? bytes[bold - 2] : 0
            if before == 0x20 {
                if blank < 0 { blank = bold }
            } else if beforeThat == 0x20 {
                if single < 0 { single = bold }
            } else if multiple < 0 {
                multiple = bold
            }
        }
        guard italics % 2 == 1, bolds % 2 == 1 else { return }
        apostrophe = single >= 0 ? single : multiple >= 0 ? multiple : blank
    }

    /// How many apostrophes of the run at `position` are text, and where the run ends.
    func run(_ bytes: Span<UInt8>, at position: Int) -> (kept: Int, end: Int) {
        var end = position
        while end < range.upperBound, bytes[end] == 0x27 { end += 1 }
        let count = end - position
        var kept = count == 1 || count == 4 ? 1 : max(0, count - 5)
        if (count == 3 || count == 4) && end - 3 == apostrophe { kept += 1 }
        return (kept, end)
    }

    /// The line around `place` within a range.
    static func line(_ bytes: Span<UInt8>, _ place: Int, _ range: Range<Int>) -> Range<Int> {
        var start = place
        while start > range.lowerBound, bytes[start - 1] != 0x0A { start -= 1 }
        return start..<(bytes.first(0x0A, from: place, to: range.upperBound) ?? range.upperBound)
    }
}
