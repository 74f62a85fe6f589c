/// Habits of a language or of a field, switched on by `option:` in its rule file.
struct SentenceOptions: OptionSet, Sendable {
    let rawValue: UInt16

    /// A number with a stop is an ordinal: `am 3. Oktober`.
    static let ordinals = SentenceOptions(rawValue: 1)
    /// Nouns have capitals in the midst of a sentence.
    static let nouns = SentenceOptions(rawValue: 1 << 1)
    /// A particle takes up a quotation that ends in a mark: `「はい。」と言った`.
    static let particles = SentenceOptions(rawValue: 1 << 2)
    /// Much is written without capitals, so that a small letter may follow the end of a sentence.
    static let casual = SentenceOptions(rawValue: 1 << 3)
    /// The semicolon is the question mark, as in Greek.
    static let semicolonAsks = SentenceOptions(rawValue: 1 << 4)
    /// The colon is the full stop and the stop joins, as in Armenian.
    static let colonStops = SentenceOptions(rawValue: 1 << 5)
    /// Marks of pages and notes (`*626`, `[13]`) stand in the text as sentences of their own.
    static let pageMarks = SentenceOptions(rawValue: 1 << 6)
    /// A capital after a colon or a semicolon begins a sentence: names aside, there is none in the midst of one.
    static let clauses = SentenceOptions(rawValue: 1 << 7)

    /// The options by the name that rule files give them.
    static let named: [String: SentenceOptions] = [
        "ordinals": .ordinals, "nouns": .nouns, "particles": .particles, "casual": .casual,
        "semicolon-asks": .semicolonAsks, "colon-stops": .colonStops, "page-marks": .pageMarks,
        "clauses": .clauses,
    ]
}
