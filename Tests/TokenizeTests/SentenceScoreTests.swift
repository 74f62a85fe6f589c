import Testing

@testable import Tokenize

/// F1 of inner boundaries on the developer sets, as far as they are there; what a change may not fall below.
@Suite struct SentenceScoreTests {
    struct Record: Decodable {
        let lang: String
        let text: String
        let sentences: [String]
    }

    @Test(
        .enabled(if: TokenizeFixtures.shared("data/sentences/en_ewt.jsonl") != nil),
        arguments: [
            ("en_ewt", 91.5), ("en_gum", 97.2), ("en_pud", 99.8), ("en_craft", 99.7), ("en_legal", 96.8),
            ("de_gsd", 98.5), ("de_legal", 93), ("fr_gsd", 98.5), ("es_gsd", 99), ("pt_bosque", 90), ("ru_gsd", 97.4),
            ("zh_gsd", 99.3), ("ja_gsd", 99.4), ("ko_kaist", 100), ("ar_pud", 99.5), ("hi_pud", 99.8),
        ])
    func `boundaries of a developer set are found`(name: String, least: Double) throws {
        let path = try #require(TokenizeFixtures.shared("data/sentences/\(name).jsonl"))
        #expect(Self.score(try TokenizeFixtures.rows(path, as: Record.self)) >= least)
    }

    /// F1 of inner boundaries, in percent; white space does not count.
    static func score(_ records: [Record]) -> Double {
        var (hits, ours, gold) = (0, 0, 0)
        for record in records {
            let text = Array(record.text.utf8)
            let found = SentenceSplitter(language: record.lang).sentences(in: text, 0..<text.count).map {
                SentenceSplitterTests.solid(Array(text[$0])).count
            }
            let expected = record.sentences.map { SentenceSplitterTests.solid(Array($0.utf8)).count }
            let (a, b) = (inner(found), inner(expected))
            (hits, ours, gold) = (hits + a.intersection(b).count, ours + a.count, gold + b.count)
        }
        return 200 * Double(hits) / Double(max(1, ours + gold))
    }

    static func inner(_ lengths: [Int]) -> Set<Int> {
        var sum = 0
        return Set(
            lengths.dropLast().map { length in
                sum += length
                return sum
            })
    }
}
