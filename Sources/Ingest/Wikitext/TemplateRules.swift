internal import Synchronization

/// How templates that carry running text are written: the rules in `template-rules.txt`, which says how they read.
public struct TemplateRules: Sendable {
    /// A value that a pattern asks for.
    enum Key: Sendable, Equatable {
        case position(Int)
        case named([UInt8])
        case last
        /// Given in the pattern, for want of an argument.
        case text([UInt8])
    }

    /// A part of a pattern.
    enum Piece: Sendable, Equatable {
        case text([UInt8])
        /// The first of these that is not empty.
        case argument([Key])
        /// Written only when an argument in it is not empty.
        case group([Piece])
    }

    /// Rules that a pattern cannot express.
    enum Function: String, Sendable {
        case convert, date, language, join, fraction, value, ship, number
        case asOf = "as-of"
        case lower, upper, capital
        case `if`
        case ifEqual = "ifeq"
        case choose = "switch"
        case lowerFirst = "lower-first"
        case ifExpression = "ifexpr"
        case expression = "expr"
        /// The whole text of an argument of a parser function.
        case whole
        case formatNumber = "format-number"
        case padLeft = "pad-left"
        case padRight = "pad-right"
        case plural, encode, tag, page
        case titleParts = "title-parts"
        case zh, marriage, list, langx, ipa, ipac, ordinal, nihongo, sic, harvard, map, country, height, aged, quote,
            percentage, exponent, autonym
        case ifError = "iferror"
        case time, gender, century, chemical, korean, age
        case biography
        case shownAddress = "address"
        /// The first argument, where the second is a word.
        case ifWord = "if-word"
        /// The arguments from a position on, in brackets.
        case context
        case dateFormat = "date-format"
        case namespaceName = "namespace-name"
        case frenchDate = "french-date"
        /// The name of the template itself.
        case ownName = "own-name"
        case languageName = "language-name"
        case spacedNumber = "spaced-number"
    }

    enum Rule: Sendable, Equatable {
        case pattern([Piece])
        case function(Function, [UInt8])
    }

    /// The rules that come with the program.
    public static let standard = TemplateRules(standardText)

    /// The rules of the program with a user's, which go first.
    static func standard(with text: String) -> TemplateRules {
        if text.isEmpty { return standard }
        return latest.withLock { latest in
            if let latest, latest.text == text { return latest.rules }
            var rules = TemplateRules(text)
            rules.add(standardText)
            latest = (text, rules)
            return rules
        }
    }

    /// The rules made last, since a run asks for the same ones for each batch.
    private static let latest = Mutex<(text: String, rules: TemplateRules)?>(nil)
    private static let standardText = String(decoding: PackageResources.template_rules_txt, as: UTF8.self)

    /// Lines that could not be read; empty for the rules that come with the program.
    public private(set) var problems: [String] = []
    private var names = ByteTable()
    private var rules: [Rule] = []
    private(set) var units: [String: MeasurementUnit] = [:]
    private(set) var languages: [String: String] = [:]
    /// Languages as they call themselves.
    private(set) var autonyms: [String: String] = [:]
    private(set) var countries: [String: String] = [:]

    /// The names of all rules.
    var allNames: [String] { (0..<names.count).map { String(decoding: names[$0], as: UTF8.self) } }

    /// The name of a language by its code, or by the part of it before a dash.
    func language(_ code: String) -> String? {
        languages[code] ?? code.split(separator: "-").first.flatMap { languages[String($0)] }
    }

    /// Reads rules from their text.
    public init(_ text: String) { add(text) }

    /// Adds the rules of a text; those that are there already stay.
    private mutating func add(_ text: String) {
        let isFirst = rules.isEmpty
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingBlanks()
            if line.isEmpty || line.hasPrefix("##") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
            } else if !add(line, to: section, mayRepeat: !isFirst) {
                problems.append(line)
            }
        }
    }

    /// The rule for a template's normalised name; `lang-fr` is also found as `lang-*`.
    func find(_ name: [UInt8]) -> Rule? {
        if let index = names.find(name) { return rules[index] }
        guard let dash = name.firstIndex(of: UInt8(ascii: "-")), dash > 1, dash < 6, name.count < 24 else { return nil }
        return names.find(Array(name[...dash]) + [UInt8(ascii: "*")]).map { rules[$0] }
    }

    private mutating func add(_ line: String, to section: String, mayRepeat: Bool) -> Bool {
        let bytes = Array(line.utf8)
        guard
            let equals = bytes.indices.dropFirst().first(where: { $0 > 0 && bytes[$0] == 0x3D && bytes[$0 - 1] == 0x20 }
            )
        else { return false }
        let heads = String(decoding: bytes[..<equals], as: UTF8.self).split(separator: ",").map { $0.trimmingBlanks() }
        let tail = String(decoding: bytes[(equals + 1)...], as: UTF8.self).trimmingBlanks()
        switch section {
        case "templates":
            guard let rule = Self.rule(tail) else { return false }
            for head in heads { addRule(rule, head, mayRepeat: mayRepeat) }
        case "units":
            guard let unit = MeasurementUnit(tail) else { return false }
            for head in heads where units[head] == nil { units[head] = unit }
        case "countries": for head in heads where countries[head] == nil { countries[head] = tail }
        case "autonyms": for head in heads where autonyms[head] == nil { autonyms[head] = tail }
        case "languages": for head in heads where languages[head] == nil { languages[head] = tail }
        default: return false
        }
        return true
    }

    private mutating func addRule(_ rule: Rule, _ head: String, mayRepeat: Bool) {
        let bytes = Array(head.utf8)
        let index = names.intern(bytes, 0..<bytes.count)
        if index == rules.count { rules.append(rule) } else if !mayRepeat { problems.append("twice: \(head)") }
    }

    private static func rule(_ text: String) -> Rule? {
        guard text.hasPrefix("@") else {
            var parser = TemplatePatternParser(text)
            return parser.parse().map { .pattern($0) }
        }
        let words = text.dropFirst().split(separator: " ", maxSplits: 1)
        guard let word = words.first, let function = Function(rawValue: String(word)) else { return nil }
        var parser = TemplatePatternParser(words.count > 1 ? String(words[1]) : "")
        guard let pieces = parser.parse() else { return nil }
        switch pieces.first {
        case nil: return .function(function, [])
        case .text(let bytes) where pieces.count == 1: return .function(function, bytes)
        default: return nil
        }
    }
}
