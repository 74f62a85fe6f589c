internal import Storage

/// The rules that take lines out of a text and leave the rest.
struct LineRules: Sendable {
    private let terminal: Bool
    private let short: Bool
    private let javascript: Bool
    private let policy: Bool
    private let leastWords: Double

    private static let policyPhrases: [[UInt8]] = [
        "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
    ].map { Array($0.utf8) }
    private static let javascriptWord = Array("javascript".utf8)

    /// Nil when no rule is about lines.
    init?(_ rules: Set<QualityRule>, leastWords: Double) {
        terminal = rules.contains(.c4TerminalPunctuation)
        short = rules.contains(.c4ShortLines)
        javascript = rules.contains(.c4Javascript)
        policy = rules.contains(.c4Policy)
        self.leastWords = leastWords
        guard terminal || short || javascript || policy else { return nil }
    }

    /// Takes out the lines that break a rule, and counts them by the first rule they break.
    func apply(to text: inout [UInt8], loss: inout [Loss: LossCount]) {
        var kept: [UInt8] = []
        var dropped = false
        text.withUnsafeBufferPointer { text in
            kept.reserveCapacity(text.count)
            TextLines.forEach(text) { line in
                if let rule = rule(against: line, text) {
                    dropped = true
                    loss[Loss(kind: "line", name: rule.rawValue), default: LossCount()] += LossCount(
                        count: 1, bytes: line.count)
                } else {
                    if !kept.isEmpty { kept.append(0x0A) }
                    kept += text[line]
                }
            }
        }
        if dropped { text = kept }
    }

    private func rule(against line: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> QualityRule? {
        if terminal {
            let mark = TextLines.lastMark(text, line)
            if !TextLines.isTerminal(mark) || TextLines.endsWithEllipsis(text, line) { return .c4TerminalPunctuation }
        }
        if short, Double(Self.words(text, line)) < leastWords { return .c4ShortLines }
        if javascript, Self.contains(Self.javascriptWord, text, line) { return .c4Javascript }
        if policy, Self.policyPhrases.contains(where: { Self.contains($0, text, line) }) { return .c4Policy }
        return nil
    }

    private static func words(_ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Int {
        var words = 0
        WordScanner.forEach(UnsafeBufferPointer(rebasing: text[line])) { _, _ in words += 1 }
        return words
    }

    /// Whether the line has the phrase, in any case of ASCII letters.
    static func contains(_ phrase: [UInt8], _ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        guard let first = phrase.first, line.count >= phrase.count else { return false }
        for start in line.lowerBound...(line.upperBound - phrase.count) where text[start] | 0x20 == first {
            var offset = 1
            // 0x20 is set in a space as in a small letter.
            while offset < phrase.count, text[start + offset] | 0x20 == phrase[offset] { offset += 1 }
            if offset == phrase.count { return true }
        }
        return false
    }
}
