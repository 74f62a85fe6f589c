/// Cuts a paragraph into sentences by rules: where a sentence may end, and what before and after it says it does not.
///
/// English has lists of abbreviations and of words that begin sentences; any other language goes by the full stops of
/// its script and by what follows. The same text always gives the same cuts; the time is linear in the text.
public struct SentenceSplitter: Sendable {
    let rules: SentenceRules

    /// Creates a splitter.
    /// - Parameter language: an ISO 639-1 code such as `en`, or a tag that begins with one (`en-GB`).
    public init(language: String = "en") {
        rules = SentenceRules.named(String(language.prefix { $0 != "-" && $0 != "_" }).lowercased())
    }

    /// The sentences of one paragraph, in order, without white space around them; none is empty.
    /// - Parameter range: the paragraph's bytes, UTF-8 without line breaks (a line break is taken as white space).
    public func sentences(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        let scanner = SentenceScanner(text: text, end: range.upperBound, rules: rules)
        var sentences: [Range<Int>] = []
        var start = scanner.skipSpace(range.lowerBound)
        var position = start
        while position < range.upperBound {
            guard scanner.mayEnd(position), let candidate = scanner.candidate(at: position) else {
                position += 1
                continue
            }
            if candidate.next < range.upperBound, scanner.ends(candidate, sentenceStart: start) {
                sentences.append(start..<candidate.end)
                start = candidate.next
                position = start
            } else {
                position = candidate.marksEnd
            }
        }
        let last = scanner.trimmedEnd(start)
        if start < last { sentences.append(start..<last) }
        return sentences
    }
}
