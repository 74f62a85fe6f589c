/// What a word means to the end of a sentence.
struct WordKinds: OptionSet, Sendable, Hashable {
    let rawValue: UInt16

    /// An abbreviation that never ends a sentence: a name, a number or an example follows.
    static let never = WordKinds(rawValue: 1)
    /// An abbreviation before a number alone (`No. 5`, `Fig. 2`), an ordinary word elsewhere.
    static let number = WordKinds(rawValue: 1 << 1)
    /// An abbreviation that ends a sentence when a word follows that begins sentences.
    static let rarely = WordKinds(rawValue: 1 << 2)
    /// An abbreviation that ends a sentence when a capital follows.
    static let often = WordKinds(rawValue: 1 << 3)
    /// A word that after a stop begins a sentence rather than goes on with a name.
    static let starter = WordKinds(rawValue: 1 << 4)
    /// A word that follows an ordinal number (`3. Oktober`).
    static let counted = WordKinds(rawValue: 1 << 5)
    /// A name that ends in an exclamation or question mark (`Yahoo!`).
    static let exclaimed = WordKinds(rawValue: 1 << 6)
    /// A word of a letter's closing formula (`Best regards,`).
    static let closing = WordKinds(rawValue: 1 << 7)
    /// Stands after a question or an exclamation that is quoted within a sentence (`と`).
    static let particle = WordKinds(rawValue: 1 << 8)
    /// A verb of speaking, such as `cried`.
    static let speech = WordKinds(rawValue: 1 << 9)
    /// A personal pronoun that may speak, such as `he`.
    static let pronoun = WordKinds(rawValue: 1 << 10)
    /// A word that a letter opens with (`Dear Anna,`).
    static let greeting = WordKinds(rawValue: 1 << 11)

    /// Every kind of abbreviation.
    static let abbreviation: WordKinds = [.never, .number, .rarely, .often]

    /// The kinds by the name that rule files give them.
    static let named: [String: WordKinds] = [
        "never": .never, "number": .number, "rarely": .rarely, "often": .often, "starter": .starter,
        "counted": .counted, "exclaimed": .exclaimed, "closing": .closing, "particle": .particle, "speech": .speech,
        "greeting": .greeting,
        "pronoun": .pronoun,
    ]
}
