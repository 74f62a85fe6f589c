public import Streaming

/// Cuts paragraphs into sentences by rules: where a sentence may end, and what before and after it says it does not.
///
/// Languages have lists of abbreviations and of words that begin sentences; any other goes by the full stops of its
/// script and by what follows. The same text always gives the same cuts; the time is linear in the text.
public struct SentenceSplitter: Sendable {
    let rules: SentenceRules

    /// Creates a splitter with the rules that come with the program.
    /// - Parameters:
    ///   - language: an ISO 639-1 code such as `en`, or a tag that begins with one (`en-GB`).
    ///   - packs: the fields whose abbreviations it knows.
    public init(language: String = "en", packs: Set<SentencePack> = SentencePack.all) {
        rules = SentenceData.rules(SentenceData.code(language), packs)
    }

    /// Creates a splitter that also knows the abbreviations of a file.
    /// - Parameter abbreviations: a rule file; see `docs/sentences.md`.
    public init(
        language: String = "en", packs: Set<SentencePack> = SentencePack.all, abbreviations: [UInt8], place: String
    ) throws(Failure) {
        var rules = SentenceData.rules(SentenceData.code(language), packs)
        try rules.add(abbreviations, place: place)
        self.rules = rules
    }

    init(rules: SentenceRules) { self.rules = rules }

    /// What cuts paragraph after paragraph on one thread.
    public func makeCutter() -> SentenceCutter { SentenceCutter(rules: rules) }

    /// The sentences of one paragraph, in order, without white space around them; none is empty.
    /// - Parameter range: the paragraph's bytes, UTF-8 without line breaks (a line break is taken as white space).
    public func sentences(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var cutter = makeCutter()
        cutter.cut(text, range, into: &sentences)
        return sentences
    }
}
