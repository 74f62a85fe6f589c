/// The lists that a language's sentences are split by.
struct SentenceRules: Sendable {
    /// How an abbreviation stands to the end of a sentence.
    enum Abbreviation: String, Sendable {
        /// Never ends one: a name, a number or an example follows.
        case never
        /// Is one only before a number: `No. 5`, `Fig. 2`.
        case number
        /// Ends one when a word follows that begins sentences.
        case rarely
        /// Ends one when a capital follows.
        case often
    }

    let abbreviations: [[UInt8]: Abbreviation]
    /// Words, in lower case, that after a full stop begin a sentence rather than go on with a name.
    let starters: Set<[UInt8]>
    /// Whether a number with a stop is an ordinal, as in German.
    let ordinals: Bool

    static func named(_ language: String) -> SentenceRules { language == "en" ? english : others(language) }

    private static let english = SentenceRules(
        lists: EnglishSentences.abbreviations, starters: EnglishSentences.starters, ordinals: false)

    private static func others(_ language: String) -> SentenceRules {
        let ordinals = [
            "de", "da", "nb", "nn", "no", "cs", "sk", "sl", "hr", "sr", "bs", "fi", "et", "hu", "is", "lv", "tr",
        ]
        return SentenceRules(lists: "", starters: "", ordinals: ordinals.contains(language))
    }

    /// - Parameters:
    ///   - lists: lines `kind: words`; `#` begins a remark. A word in lower case stands for its capitalised form too.
    ///   - starters: words in lower case.
    init(lists: String, starters: String, ordinals: Bool) {
        var abbreviations: [[UInt8]: Abbreviation] = [:]
        for line in lists.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let kind = Abbreviation(rawValue: String(parts[0])) else { continue }
            for word in parts[1].split(separator: " ") { abbreviations[Array(word.utf8)] = kind }
        }
        self.abbreviations = abbreviations
        self.starters = Set(starters.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })
        self.ordinals = ordinals
    }

    /// What a word before a full stop is, by its own spelling or by its lower-case form.
    func abbreviation(_ word: ArraySlice<UInt8>) -> Abbreviation? {
        let word = Array(word)
        if let kind = abbreviations[word] { return kind }
        guard word.count > 1, let kind = abbreviations[SentenceRules.lowercased(word)] else { return nil }
        // All capitals: "NO. 7" and "U.S." yes, but "CA." is not "ca.".
        let capitals = word.allSatisfy { (0x41...0x5A).contains($0) }
        return capitals && kind != .number ? nil : kind
    }

    static func lowercased(_ word: [UInt8]) -> [UInt8] { word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    // MARK: Characters

    /// The kind of an end mark; nil for any other character.
    static func mark(_ scalar: UInt32) -> SentenceCandidate.Mark? {
        switch scalar {
        case 0x2E: .stop
        case 0x21, 0x3F, 0x203C, 0x203D, 0x2047...0x2049: .strong
        case 0x2026: .ellipsis
        // 。 ｡ ！ ？ ．, the dandas, and the stops of Arabic, Armenian, Ethiopic, Khmer, Burmese, Mongolian, Tibetan ...
        case 0x3002, 0xFF61, 0xFF01, 0xFF1F, 0xFF0E, 0x0964, 0x0965, 0x061F, 0x06D4, 0x0589, 0x1362, 0x1367, 0x1368,
            0x17D4, 0x17D5, 0x104A, 0x104B, 0x1803, 0x1809, 0x0700...0x0702, 0x0F0D, 0x1C3B, 0x1C7E, 0x1B5E, 0xA4FF,
            0xA60E, 0xA9C8, 0xAAF0, 0xABEB:
            .full
        default: nil
        }
    }

    /// Lead bytes with which the UTF-8 of an end mark can begin.
    static let markLeads: [Bool] = {
        var leads = [Bool](repeating: false, count: 256)
        for scalar in UInt32(0x80)...0xFFFF where mark(scalar) != nil {
            var bytes: [UInt8] = []
            UTF8Decoding.append(scalar, to: &bytes)
            leads[Int(bytes[0])] = true
        }
        return leads
    }()

    static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0x09...0x0D, 0xA0, 0x85, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    static let closingBrackets: Set<UInt32> = Set(")]}）］｝】〕〉》」』".unicodeScalars.map(\.value))
    static let closers: Set<UInt32> = closingBrackets.union("\"'’”»›«‹＂".unicodeScalars.map(\.value))
    static let openers: Set<UInt32> = Set("([{\"'‘“„‚«‹»›¿¡（［｛【〔〈《「『—–".unicodeScalars.map(\.value))
}
