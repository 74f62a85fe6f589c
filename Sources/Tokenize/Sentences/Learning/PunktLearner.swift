internal import Foundation

/// Learns abbreviations, sentence starters and words that belong together over a stop from plain text, without labels.
///
/// After Kiss & Strunk, "Unsupervised multilingual sentence boundary detection", Computational Linguistics 32.4, 2006: an
/// abbreviation is a short word that nearly always has a stop after it; what follows stops more often than chance has
/// it begins sentences. Memory is bounded by four tables of `cap` words, however long the text.
public struct PunktLearner: Sendable {
    private static let abbreviationThreshold = 0.3
    private static let starterThreshold = 30.0
    private static let pairThreshold = 7.88

    private var counts: PunktCounts

    /// Creates a learner.
    /// - Parameter cap: words, and pairs of words, that are counted at most; the rarest are dropped beyond it.
    public init(cap: Int = 2_000_000) { counts = PunktCounts(cap: cap) }

    /// Takes the counts of the next stretch of text.
    ///
    /// The result depends on the order of the stretches alone.
    public mutating func add(_ counts: PunktCounts) { self.counts.add(counts) }

    /// A rule file of what was learnt, for `SentenceSplitter`.
    public func rules() -> [UInt8] {
        let abbreviations = abbreviations()
        let starters = starters(abbreviations)
        let pairs = pairs(abbreviations)
        var text = "# Learnt from \(counts.total) words, \(counts.stopped) of them with a stop.\n"
        text += Self.lines("rarely", abbreviations) + Self.lines("starter", starters) + Self.lines("pair", pairs)
        return Array(text.utf8)
    }

    // MARK: The three tests

    /// Words whose stop is a part of them.
    private func abbreviations() -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        let share = Double(counts.stopped) / Double(max(1, counts.total))
        guard share > 0, share < 1 else { return found }
        counts.words.forEach { word, stopped, bare in
            guard stopped > 0, word.count <= PunktCounts.longest * 2 else { return }
            let stops = word.count { $0 == 0x2E }
            // Characters, not bytes: Kiss & Strunk count letters.
            let letters = Double(word.count { $0 & 0xC0 != 0x80 && $0 != 0x2E })
            let score =
                Self.likelihood(stopped, stopped + bare, share) * exp(-letters) * Double(stops + 1)
                * pow(letters, -Double(bare))
            if score >= Self.abbreviationThreshold { found.insert(Array(word)) }
        }
        return found
    }

    /// Words that follow the end of a sentence more often than chance has it.
    private func starters(_ abbreviations: Set<[UInt8]>) -> Set<[UInt8]> {
        var afterAbbreviation: [[UInt8]: Int] = [:]
        counts.pairs.forEach { pair, count, _ in
            guard let (first, second) = Self.parts(pair, abbreviations) else { return }
            if abbreviations.contains(first) || Self.isInitial(first) { afterAbbreviation[second, default: 0] += count }
        }
        var breaks = 0
        counts.followers.forEach { word, stopped, ended in
            breaks += max(0, stopped - (afterAbbreviation[Array(word)] ?? 0)) + ended
        }
        var found: Set<[UInt8]> = []
        counts.followers.forEach { word, stopped, ended in
            let word = Array(word)
            let after = max(0, stopped - (afterAbbreviation[word] ?? 0)) + ended
            let (withStop, bare) = counts.words.counts(word)
            let all = withStop + bare
            guard after > 0, all >= after, after * counts.total > all * breaks else { return }
            // Names begin sentences often, and go on after abbreviations: a starter is a word that has no capital elsewhere.
            let (small, capital) = counts.cases.counts(word)
            guard small >= capital - after else { return }
            if Self.association(breaks, all, after, counts.total) > Self.starterThreshold { found.insert(word) }
        }
        return found
    }

    /// Pairs that belong together, the first an abbreviation or an initial.
    private func pairs(_ abbreviations: Set<[UInt8]>) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        counts.pairs.forEach { pair, count, _ in
            guard count > 1, let (first, second) = Self.parts(pair, abbreviations) else { return }
            guard abbreviations.contains(first) || Self.isInitial(first) else { return }
            let (withStop, _) = counts.words.counts(first)
            let other = counts.words.counts(second)
            let all = other.first + other.second
            guard withStop >= count, all >= count, count * counts.total > withStop * all else { return }
            if Self.association(withStop, all, count, counts.total) > Self.pairThreshold { found.insert(Array(pair)) }
        }
        return found
    }

    // MARK: Statistics

    /// Dunning's log-likelihood ratio of `k` in `n` at 0.99 against `share`, twice.
    private static func likelihood(_ k: Int, _ n: Int, _ share: Double) -> Double {
        let (k, rest) = (Double(k), Double(n - k))
        let null = k * log(share) + rest * log(1 - share)
        let alternative = k * log(0.99) + rest * log(0.01)
        return -2 * (null - alternative)
    }

    /// Dunning's log-likelihood ratio for two events, `a` and `b` times in `n`, together `ab` times.
    static func association(_ a: Int, _ b: Int, _ ab: Int, _ n: Int) -> Double {
        func term(_ hits: Double, _ misses: Double, _ p: Double) -> Double {
            (hits > 0 ? hits * log(p) : 0) + (misses > 0 ? misses * log(1 - p) : 0)
        }
        let (a, b, ab, n) = (Double(a), Double(b), Double(ab), Double(n))
        let (p, p1, p2) = (b / n, ab / a, n > a ? (b - ab) / (n - a) : 1)
        let null = term(ab, a - ab, p) + term(b - ab, n - a - b + ab, p)
        return -2 * (null - term(ab, a - ab, p1) - term(b - ab, n - a - b + ab, p2))
    }

    // MARK: Words

    /// The two words of `u.s.government`: the longest known abbreviation that leaves a word.
    private static func parts(_ pair: ArraySlice<UInt8>, _ abbreviations: Set<[UInt8]>) -> ([UInt8], [UInt8])? {
        var fallback: ([UInt8], [UInt8])?
        for index in pair.indices.reversed() where pair[index] == 0x2E && index > pair.startIndex {
            let first = Array(pair[..<index])
            let second = Array(pair[(index + 1)...])
            guard !second.isEmpty else { continue }
            if abbreviations.contains(first) { return (first, second) }
            if fallback == nil { fallback = (first, second) }
        }
        return fallback
    }

    private static func isInitial(_ word: [UInt8]) -> Bool {
        word.count { $0 & 0xC0 != 0x80 } == 1
    }

    /// `kind: words`, sorted, lines of some 110 bytes.
    private static func lines(_ kind: String, _ words: Set<[UInt8]>) -> String {
        var text = ""
        var line = ""
        for word in words.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            line += " " + String(decoding: word, as: UTF8.self)
            if line.utf8.count > 110 {
                text += kind + ":" + line + "\n"
                line = ""
            }
        }
        return line.isEmpty ? text : text + kind + ":" + line + "\n"
    }
}
