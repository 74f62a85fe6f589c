internal import Storage
internal import Streaming

/// The quality rules that apply, with their limits; linear time, scratch of 24 bytes a word at most.
struct QualityCheck: Sendable {
    private let rules: Set<QualityRule>
    private let limits: [String: Double]
    private let lineRules: LineRules?

    /// - Parameters:
    ///   - names: as in `QualityRule.named`.
    ///   - limits: other limits than the published ones, by `rule.parameter`.
    init(_ names: [String], limits: [String: Double]) throws(Failure) {
        rules = Set(try QualityRule.named(names))
        var all: [String: Double] = [:]
        for rule in QualityRule.allCases {
            for (parameter, value) in rule.limits { all[rule.rawValue + "." + parameter] = value }
        }
        for (name, value) in limits.sorted(by: { $0.key < $1.key }) {
            guard all[name] != nil, value.isFinite, value >= 0 else {
                throw Failure(
                    .usage, "there is no limit '\(name)' of a quality rule, or it is no number from 0",
                    remedy: "write RULE.PARAMETER=NUMBER; there are: " + all.keys.sorted().joined(separator: ", "))
            }
            all[name] = value
        }
        self.limits = all
        lineRules = LineRules(rules, leastWords: all["c4-short-lines.minimum"] ?? 0)
    }

    var isEmpty: Bool { rules.isEmpty }

    private func limit(_ rule: QualityRule, _ parameter: String) -> Double {
        limits[rule.rawValue + "." + parameter] ?? 0
    }

    /// Takes lines out of the text and then judges what is left.
    /// - Parameters:
    ///   - language: BCP 47; rules about English words hold for English and for texts whose language is not known.
    ///   - loss: counts the lines taken out.
    /// - Returns: the rule that the text breaks and by what; nil when it breaks none.
    func check(
        _ text: inout [UInt8], language: String, loss: inout [Loss: LossCount]
    ) -> (reason: String, detail: String)? {
        if let lineRules {
            lineRules.apply(to: &text, loss: &loss)
            if text.isEmpty { return ("c4-lines", "no line is left") }
        }
        let measures = QualityMeasures(text, shortLine: Int(limit(.finewebShortLines, "characters")))
        let isEnglish = language.isEmpty || language == "en" || language.hasPrefix("en-")
        for rule in QualityRule.allCases where rules.contains(rule) {
            if rule == .gopherStopWords, !isEnglish { continue }
            if let detail = breach(rule, measures) { return (rule.rawValue, detail) }
        }
        guard rules.contains(.gopherTopNgrams) || rules.contains(.gopherDuplicateNgrams) else { return nil }
        return repetition(text)
    }

    /// The value that breaks a rule, nil when none does.
    private func breach(_ rule: QualityRule, _ measures: QualityMeasures) -> String? {
        let (low, high) = (limit(rule, "minimum"), limit(rule, "maximum"))
        func outside(_ value: Double) -> String? {
            (rule.limits["minimum"] != nil && value < low) || (rule.limits["maximum"] != nil && value > high)
                ? Self.text(value) : nil
        }
        switch rule {
        case .gopherWordCount: return outside(Double(measures.words))
        case .gopherWordLength: return measures.isMostlyUnspaced ? nil : outside(measures.meanWordLength)
        case .gopherSymbolRatio: return outside(measures.symbolRatio)
        case .gopherBulletLines: return outside(measures.share(measures.bulletLines))
        case .gopherEllipsisLines: return outside(measures.share(measures.ellipsisLines))
        case .gopherAlphaWords: return outside(measures.alphaWordShare)
        case .gopherStopWords: return outside(Double(measures.stopWords))
        case .gopherDuplicateLines: return outside(measures.share(measures.repeatedLines))
        case .gopherDuplicateLineCharacters, .finewebDuplicateCharacters: return outside(measures.repeatedShare)
        case .c4CurlyBrace: return measures.hasCurlyBrace ? "{" : nil
        case .c4LoremIpsum: return measures.hasLoremIpsum ? "lorem ipsum" : nil
        case .c4Sentences: return outside(Double(measures.sentences))
        case .finewebLinePunctuation: return outside(measures.share(measures.terminalLines))
        case .finewebShortLines: return outside(measures.share(measures.shortLines))
        case .gopherTopNgrams, .gopherDuplicateNgrams: return nil
        case .c4TerminalPunctuation, .c4ShortLines, .c4Javascript, .c4Policy: return nil
        }
    }

    private func repetition(_ text: [UInt8]) -> (reason: String, detail: String)? {
        var repetition = RepetitionMeasures(text)
        if rules.contains(.gopherTopNgrams) {
            for length in 2...4 {
                let share = repetition.topShare(of: length)
                if share > limit(.gopherTopNgrams, "\(length)") {
                    return (QualityRule.gopherTopNgrams.rawValue, "\(length) words: \(Self.text(share))")
                }
            }
        }
        if rules.contains(.gopherDuplicateNgrams) {
            for length in 5...10 {
                let share = repetition.duplicateShare(of: length)
                // A longer passage that is repeated consists of shorter ones that are.
                if share == 0 { break }
                if share > limit(.gopherDuplicateNgrams, "\(length)") {
                    return (QualityRule.gopherDuplicateNgrams.rawValue, "\(length) words: \(Self.text(share))")
                }
            }
        }
        return nil
    }

    /// A number as a row of `rejected` has it: whole, or with three decimals.
    static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
        let thousandths = Int((value * 1000).rounded())
        let decimals = "\(thousandths % 1000)"
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}
