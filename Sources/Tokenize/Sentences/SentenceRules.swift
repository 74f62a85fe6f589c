internal import Streaming

/// The words and habits of one language that sentences are split by: what rule files say.
///
/// A rule file has lines `kind: words`; `#` begins a remark. `kind` is a name of `WordKinds`, `option`, or `pair` for two
/// words `u.s.government` between which a stop ends nothing. Abbreviations go without their last stop. A word in lower case
/// stands for any casing of it; with a capital, or with `=` before it, for this spelling alone; with `*` before it for
/// every word that ends so.
struct SentenceRules: Sendable {
    private(set) var words = WordTable()
    /// Endings of abbreviations, such as `str` of `Goethestr`.
    private(set) var endings = WordTable()
    /// Two words with the stop between them, without blanks.
    private(set) var pairs = WordTable()
    private(set) var options: SentenceOptions = []

    /// The kinds of a word by its last three to six letters; none when no rule names such an ending.
    func endingKinds(_ text: [UInt8], _ word: Range<Int>) -> WordKinds {
        guard endings.count > 0 else { return [] }
        for count in 3...6 where word.count > count {
            let kinds = endings.find(text, word.upperBound - count..<word.upperBound)
            if !kinds.isEmpty { return kinds }
        }
        return []
    }

    /// The kinds of a word; none for one that no rule names.
    func kinds(_ text: [UInt8], _ range: Range<Int>) -> WordKinds { words.find(text, range) }

    /// Adds the rules of a file.
    /// - Parameter place: the file, for failures.
    mutating func add(_ lines: [UInt8], place: String) throws(Failure) {
        for (number, line) in lines.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let parts = line.split { $0 == 0x20 || $0 == 9 || $0 == 13 }.map(Array.init)
            guard let first = parts.first, first[0] != UInt8(ascii: "#") else { continue }
            guard first.count > 1, first.last == UInt8(ascii: ":") else {
                for word in parts { add(word, .rarely) }
                continue
            }
            let name = String(decoding: first.dropLast(), as: UTF8.self)
            guard add(parts.dropFirst(), name) else {
                throw Failure(
                    .badData, "'\(name):' is no kind of rule", at: "\(place), line \(number + 1)",
                    remedy: "kinds are \(WordKinds.named.keys.sorted().joined(separator: ", ")), pair and option")
            }
        }
    }

    private mutating func add(_ values: ArraySlice<[UInt8]>, _ name: String) -> Bool {
        if name == "option" {
            return values.allSatisfy { set(String(decoding: $0, as: UTF8.self)) }
        }
        if name == "pair" {
            for pair in values { pairs.insert(FoldedBytes.lowercased(pair), .never, isExact: false) }
            return true
        }
        guard let kinds = WordKinds.named[name] else { return false }
        for word in values { add(word, kinds) }
        return true
    }

    private mutating func set(_ option: String) -> Bool {
        guard let known = SentenceOptions.named[option] else { return false }
        options.insert(known)
        return true
    }

    /// The only scalar value of a word, 0 if it has more: of a letter alone the case tells.
    private func soleScalar(_ word: [UInt8]) -> UInt32 {
        let (scalar, next) = UTF8Decoding.next(word.span, at: 0, end: word.count)
        return next == word.count ? scalar : 0
    }

    private mutating func add(_ word: [UInt8], _ kinds: WordKinds) {
        var word = word
        var exact = false
        if word.count > 1, word[0] == UInt8(ascii: "=") { (exact, word) = (true, Array(word.dropFirst())) }
        if word.count > 3, word[0] == UInt8(ascii: "*") {
            endings.insert(Array(word.dropFirst()), kinds, isExact: false)
            return
        }
        if word.count > 1, word.last == UInt8(ascii: "."), !kinds.isDisjoint(with: .abbreviation) { word.removeLast() }
        let isLetter = soleScalar(word) > 0 && !kinds.isDisjoint(with: .abbreviation)
        words.insert(word, kinds, isExact: exact || isLetter || FoldedBytes.lowercased(word) != word)
    }
}
