import Foundation
import Streaming
import TestSupport
import Testing

@testable import Tokenize

@Suite struct WordPieceTests {
    struct GoldenRow: Decodable {
        let text: String
        let uncased: [Int32]
        let cased: [Int32]
        let accented: [Int32]
        let stripped: [Int32]
    }

    struct HardCase: Decodable {
        let name: String
        let text: String
        let ids: [Int32]
    }

    @Test(arguments: [false, true])
    func `the golden texts get the ids of the reference`(cased: Bool) throws {
        let encoder = try TokenizeFixtures.tokenizer(cased: cased, specials: true).makeEncoder()
        let rows = try TokenizeFixtures.rows(TokenizeFixtures.path("wordpiece.jsonl"), as: GoldenRow.self)
        #expect(rows.count > 300)
        for row in rows {
            #expect(encoder.ids(row.text) == (cased ? row.cased : row.uncased), "\(row.text.debugDescription)")
        }
    }

    @Test func `the golden texts get the ids of the reference under other options`() throws {
        let vocabulary = try TokenizeFixtures.tokenizer(cased: true).vocabulary
        var accented = TokenizerOptions(lowercase: true, stripAccents: false)
        var stripped = TokenizerOptions(lowercase: false, stripAccents: true, splitChinese: false)
        (accented.matchSpecialTokens, stripped.matchSpecialTokens) = (true, true)
        let first = WordPieceTokenizer(vocabulary: vocabulary, options: accented).makeEncoder()
        let second = WordPieceTokenizer(vocabulary: vocabulary, options: stripped).makeEncoder()
        for row in try TokenizeFixtures.rows(TokenizeFixtures.path("wordpiece.jsonl"), as: GoldenRow.self) {
            #expect(first.ids(row.text) == row.accented, "\(row.text.debugDescription)")
            #expect(second.ids(row.text) == row.stripped, "\(row.text.debugDescription)")
        }
    }

    @Test(.enabled(if: TokenizeFixtures.shared("golden/wordpiece_hard_cases.json") != nil))
    func `the hard cases get the ids of bert-base-uncased`() throws {
        let vocabulary = try #require(TokenizeFixtures.shared("data/vocab/bert-base-uncased-vocab.txt"))
        let file = try #require(TokenizeFixtures.shared("golden/wordpiece_hard_cases.json"))
        var tokenizer = try WordPieceTokenizer.load(vocabulary)
        var options = tokenizer.options
        options.matchSpecialTokens = true
        tokenizer = WordPieceTokenizer(vocabulary: tokenizer.vocabulary, options: options)
        let cases = try JSONDecoder().decode([HardCase].self, from: Data(try Files.read(file)))
        let encoder = tokenizer.makeEncoder()
        for one in cases { #expect(encoder.ids(one.text) == one.ids, "\(one.name)") }
    }

    @Test func `special pieces in the text are matched only when asked for`() throws {
        let (on, off) = (
            try TokenizeFixtures.tokenizer(cased: false, specials: true), try TokenizeFixtures.tokenizer(cased: false)
        )
        let vocabulary = on.vocabulary
        #expect(on.encode("[MASK]") == [vocabulary.maskID])
        #expect(
            on.encode("x[SEP]x") == [
                try #require(vocabulary.id(of: "x")), vocabulary.separatorID, vocabulary.id(of: "x")!,
            ])
        #expect(
            !off.encode("[MASK] [SEP] [CLS] [PAD]").contains { vocabulary.isSpecial($0) && $0 != vocabulary.unknownID })
        #expect(on.encode("[mask] [MASK") == off.encode("[mask] [MASK"))
    }

    @Test func `words of more than a hundred characters are unknown, however many bytes`() throws {
        let parts = ["a", "я", "\u{1112}", "\u{1161}", "\u{11AB}"]
        let vocabulary = try Vocabulary(pieces: Vocabulary.specialPieces + parts + parts.map { "##" + $0 })
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
        let unknown = vocabulary.unknownID
        for letter in ["a", "я", "한"] {
            let length = letter == "한" ? 33 : 100  // A syllable is three letters once decomposed.
            #expect(!tokenizer.encode(String(repeating: letter, count: length)).contains(unknown))
            #expect(tokenizer.encode(String(repeating: letter, count: length + 1)) == [unknown])
        }
    }

    @Test func `bytes that are no UTF-8 are left out without splitting a word`() throws {
        let encoder = try TokenizeFixtures.tokenizer(cased: false).makeEncoder()
        let damages: [[UInt8]] = [
            [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0x80], [0xF8, 0x88], [0xE0, 0x80, 0x80],
        ]
        for damage in damages {
            #expect(encoder.ids(Array("riv".utf8) + damage + Array("er, ".utf8) + damage) == encoder.ids("river,"))
        }
    }

    @Test func `damaged bytes decode as the standard library does`() throws {
        let tokenizer = try TokenizeFixtures.tokenizer(cased: true)
        let encoder = tokenizer.makeEncoder()
        let seed: UInt64 = 41
        var random = Philox(seed: seed, purpose: Philox.purpose("damage"))
        let lead: [UInt8] = [0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80, 0xED, 0xA0, 0x20, 0xFF, 0x2E]
        for _ in 0..<5_000 {
            let bytes = (0..<random.below(12)).map { _ in lead[random.below(lead.count)] }
            #expect(encoder.ids(bytes) == encoder.ids(String(decoding: bytes, as: UTF8.self)), "seed \(seed): \(bytes)")
        }
    }

    @Test func `lines get the ids of single texts, wherever a chunk ends`() throws {
        let encoder = try TokenizeFixtures.tokenizer(cased: false, specials: true).makeEncoder()
        let seed: UInt64 = 17
        var random = Philox(seed: seed, purpose: Philox.purpose("lines"))
        let long = ["x", "é", "한", "中", "\u{302E}", "、", "\u{0}", "\u{3000}", "а", "[MASK]"]
        for _ in 0..<60 {
            let lines = (0..<random.below(60)).map { _ -> [UInt8] in
                let text = WordPiecePropertyTests.text(&random)
                let run = String(repeating: long[random.below(long.count)], count: random.below(60))
                let many = random.below(12) == 0 ? String(repeating: run, count: 1 + random.below(90)) : run
                return Array((text + many + text).utf8).filter { $0 != 10 }
            }
            var ids: [UInt32] = []
            let text = Array(lines.joined(separator: [10])) + [10]
            encoder.encodeLines(text, 0..<text.count, into: &ids)
            let fresh = try TokenizeFixtures.tokenizer(cased: false, specials: true).makeEncoder()
            let expected = (lines.isEmpty ? [[]] : lines).flatMap { line in
                fresh.ids(line).map { UInt32(bitPattern: $0) } + [WordPieceEncoder.lineEnd]
            }
            #expect(ids == expected, "seed \(seed)")
        }
    }

    @Test func `runs longer than a chunk are words, cut or unknown`() throws {
        let pieces = ["a", "##a", "中", "b", ".", "é", "е", "##е"]
        let vocabulary = try Vocabulary(pieces: Vocabulary.specialPieces + pieces)
        let encoder = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased).makeEncoder()
        let unknown = vocabulary.unknownID
        for count in [2_047, 2_048, 2_049, 4_096, 10_000] {
            let run = String(repeating: "a", count: count)
            #expect(encoder.ids(run) == [unknown])
            #expect(encoder.ids("b " + run + ". b") == [8, unknown, 9, 8])
            #expect(encoder.ids(String(repeating: "中", count: count)) == [Int32](repeating: 7, count: count))
            #expect(encoder.ids(String(repeating: "\u{200B}", count: count)) == [])
            #expect(encoder.ids("a" + String(repeating: "\u{301}", count: count) + "a") == [5, 6])
            // Marks that stay have to be sorted: many of two classes by turns.
            let marks = String(repeating: "\u{302E}\u{1D165}", count: count)
            #expect(encoder.ids("b" + marks + " b") == [unknown, 8])
            #expect(encoder.ids(String(repeating: "a中", count: count)).count == 2 * count)
        }
    }

    @Test func `only the range that was asked for is read`() throws {
        let encoder = try TokenizeFixtures.tokenizer(cased: false).makeEncoder()
        let text = Array("unhappiness and café".utf8)
        for start in 0...text.count {
            for end in start...text.count {
                var ids: [Int32] = [7]
                encoder.encode(text, start..<end, into: &ids)
                #expect(ids == [7] + encoder.ids(Array(text[start..<end])))
            }
        }
    }
}
