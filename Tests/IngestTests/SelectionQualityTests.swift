import Storage
import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct SelectionQualityTests {
    /// The rule a text breaks, and what is left of the text.
    private static func check(
        _ text: String, _ rules: [String], limits: [String: Double] = [:], language: String = "en"
    ) throws -> (reason: String?, text: String, loss: [Loss: LossCount]) {
        var bytes = Array(text.utf8)
        var loss: [Loss: LossCount] = [:]
        let breach = try QualityCheck(rules, limits: limits).check(&bytes, language: language, loss: &loss)
        return (breach?.reason, String(decoding: bytes, as: UTF8.self), loss)
    }

    /// Prose that breaks no rule: 80 different words of English shape, in sentences.
    static let good: String = {
        let words = SelectionDuplicateTests.prose(4, words: 80)
        let sentences = stride(from: 0, to: 80, by: 10).map {
            "The \(words[$0..<$0 + 9].joined(separator: " ")) of that and \(words[$0 + 9])."
        }
        return [sentences[..<4].joined(separator: " "), sentences[4...].joined(separator: " ")].joined(separator: "\n")
    }()

    @Test func `good prose passes every rule`() throws {
        #expect(try Self.check(Self.good, ["all"]).reason == nil)
        #expect(try Self.check(Self.good, ["all"]).text == Self.good)
    }

    private static let words = SelectionDuplicateTests.prose(5, words: 200)

    /// A text that breaks each rule.
    private static let breaking: [(rule: String, text: String)] = {
        func joined(_ range: Range<Int>, _ separator: String, _ change: (String) -> String = { $0 }) -> String {
            words[range].map(change).joined(separator: separator)
        }
        let twice: String = joined(0..<20, "\n") + "\n" + good + "\n" + good
        var cases: [(rule: String, text: String)] = []
        cases.append(("gopher-word-count", joined(0..<49, " ")))
        cases.append(("gopher-word-length", String(repeating: "ab cd ", count: 40)))
        cases.append(("gopher-symbol-ratio", joined(0..<60, " ") { "#" + $0 }))
        cases.append(("gopher-symbol-ratio", joined(0..<60, " ") { $0 + "…" }))
        cases.append(("gopher-bullet-lines", joined(0..<60, "\n") { "• " + $0 }))
        cases.append(("gopher-ellipsis-lines", joined(0..<60, "\n") { $0 + "..." }))
        cases.append(("gopher-alpha-words", joined(0..<60, " ") { $0 + " 12.5" }))
        cases.append(("gopher-stop-words", joined(0..<60, " ")))
        cases.append(("gopher-duplicate-lines", joined(0..<6, "\n") + "\n" + joined(0..<4, "\n")))
        cases.append(("gopher-duplicate-line-characters", twice))
        cases.append(("gopher-top-ngrams", joined(0..<20, " ") { $0 + " one two" }))
        cases.append(("gopher-duplicate-ngrams", joined(0..<60, " ") + " " + joined(20..<40, " ")))
        cases.append(("c4-curly-brace", good + " }"))
        cases.append(("c4-lorem-ipsum", good + " LOREM Ipsum dolor"))
        cases.append(("c4-sentences", "One is here. Two is there"))
        cases.append(("fineweb-line-punctuation", joined(0..<60, "\n")))
        cases.append(("fineweb-short-lines", joined(0..<60, "\n")))
        cases.append(("fineweb-duplicate-characters", joined(0..<60, "\n") + "\n" + joined(0..<10, "\n")))
        return cases
    }()

    @Test(arguments: breaking)
    func `each rule names itself, and is silent when it is off`(rule: String, text: String) throws {
        #expect(try Self.check(text, [rule]).reason == rule)
        #expect(try Self.check(text, ["all", "-" + rule]).reason != rule)
    }

    @Test func `limits hold on both sides of the published value`() throws {
        let fifty = Self.words[..<50].joined(separator: " ")
        #expect(try Self.check(fifty, ["gopher-word-count"]).reason == nil)
        #expect(try Self.check(fifty, ["gopher-word-count"], limits: ["gopher-word-count.minimum": 51]).reason != nil)
        // Three of ten lines are repeats: at the limit, not above it.
        let lines = (Self.words[..<7] + Self.words[..<3]).joined(separator: "\n")
        #expect(try Self.check(lines, ["gopher-duplicate-lines"]).reason == nil)
    }

    @Test func `lines of C4 are dropped one by one and counted`() throws {
        let text = """
            This is a whole line of text.
            No end mark here at all
            Too few words.
            Please turn on Javascript to see this page.
            By using this you accept our privacy policy today.
            He said “this is the end of it.”
            这是一个完整的句子。
            And so it goes on for ever...
            """
        let (reason, left, loss) = try Self.check(text, ["c4", "-c4-sentences"])
        #expect(reason == nil)
        #expect(left == "This is a whole line of text.\nHe said “this is the end of it.”\n这是一个完整的句子。")
        let counts = Dictionary(uniqueKeysWithValues: loss.map { ($0.key.name, $0.value.count) })
        #expect(
            counts == ["c4-terminal-punctuation": 2, "c4-short-lines": 1, "c4-javascript": 1, "c4-policy": 1])
        #expect(try Self.check("nothing to keep", ["c4"]).reason == "c4-lines")
    }

    @Test func `English rules leave other languages alone, and Chinese is counted by characters`() throws {
        let text = Self.words[..<60].joined(separator: " ")
        #expect(try Self.check(text, ["gopher-stop-words"], language: "de").reason == nil)
        #expect(try Self.check(text, ["gopher-stop-words"], language: "").reason == "gopher-stop-words")
        let chinese = String(repeating: "天地玄黄宇宙洪荒日月盈昃辰宿列张", count: 4)
        #expect(try Self.check(chinese, ["gopher-word-count", "gopher-word-length"]).reason == nil)
    }

    /// Against a plain computation of what the papers say.
    @Test func `shares of repeated passages agree with a slow computation`() {
        var numbers = SelectionIndexTests.Numbers(state: 11)
        for _ in 0..<40 {
            let words = (0..<120).map { _ in ["a", "bb", "ccc", "dddd", "é"][Int(numbers.next() % 5)] }
            var measures = RepetitionMeasures(Array(words.joined(separator: " ").utf8))
            let total = words.reduce(0) { $0 + $1.count }
            for length in 2...10 {
                var places: [[String]: [Int]] = [:]
                for start in 0...(words.count - length) {
                    places[Array(words[start..<start + length]), default: []].append(start)
                }
                var covered: Set<Int> = []
                for starts in places.values where starts.count > 1 {
                    for start in starts { covered.formUnion(start..<start + length) }
                }
                let expected = Double(covered.reduce(0) { $0 + words[$1].count }) / Double(total)
                #expect(abs(measures.duplicateShare(of: length) - expected) < 1e-12)
                let most = places.values.map(\.count).max() ?? 0
                let shares = places.filter { $0.value.count == most && most > 1 }.map {
                    min(1, Double(most * $0.key.reduce(0) { $0 + $1.count }) / Double(total))
                }
                let share = measures.topShare(of: length)
                #expect(shares.isEmpty ? share == 0 : shares.contains { abs($0 - share) < 1e-12 })
            }
        }
    }

    @Test func `names are families, rules and exceptions; strange ones are refused`() throws {
        let chosen = try QualityRule.named(["c4", "gopher-word-count", "-c4-policy"]).map(\.rawValue)
        #expect(chosen.contains("c4-curly-brace") && chosen.contains("gopher-word-count"))
        #expect(!chosen.contains("c4-policy") && !chosen.contains("gopher-stop-words"))
        #expect(try QualityRule.named(["all"]).count == QualityRule.allCases.count)
        for names in [["go"], ["gopher-word"], ["-x"], [""]] {
            #expect(throws: Failure.self) { try QualityRule.named(names) }
        }
        #expect(throws: Failure.self) { try QualityCheck([], limits: ["gopher-word-count.least": 3]) }
        #expect(throws: Failure.self) { try QualityCheck([], limits: ["gopher-word-count.minimum": -1]) }
        #expect(throws: Failure.self) { try SelectionConfiguration.limits(["a=b"]) }
    }

    @Test func `a rejected document is a row with the rule and the value`() throws {
        let directory = TemporaryDirectory()
        let path = try directory.write(#"{"id":"1","title":"T","text":"Only four words here."}"#, to: "a.jsonl")
        var configuration = IngestConfiguration()
        configuration.selection.quality = ["gopher-word-count"]
        let result = try ingest([path], into: directory.file("corpus"), configuration)
        #expect(result.rejections == ["gopher-word-count": 1])
    }
}
