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
