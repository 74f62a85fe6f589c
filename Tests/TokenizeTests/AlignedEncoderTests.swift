import Streaming
import Testing

@testable import Tokenize

@Suite struct AlignedEncoderTests {
    struct GoldenRow: Decodable {
        let text: String
        let uncased: [Int32]
        let offsets: [[Int]]
    }

    static func lines(_ text: String, _ encoder: AlignedEncoder, _ formatter: OffsetFormatter) -> String {
        var output: [UInt8] = []
        formatter.append(Array(text.utf8), with: encoder, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `the golden texts get the offsets of the reference`() throws {
        let tokenizer = try TokenizeFixtures.tokenizer(cased: false, specials: true)
        let encoder = tokenizer.makeAlignedEncoder()
        let formatter = OffsetFormatter(tokenizer.vocabulary, style: .ids, unit: .characters)
        for row in try TokenizeFixtures.rows(TokenizeFixtures.path("wordpiece.jsonl"), as: GoldenRow.self) {
            let expected = zip(row.uncased, row.offsets).map { "\($0):\($1[0]):\($1[1])" }.joined(separator: " ")
            #expect(Self.lines(row.text, encoder, formatter) == expected + "\n", "\(row.text.debugDescription)")
        }
    }

    @Test(arguments: [
        TokenizerOptions.uncased, .cased, TokenizerOptions(lowercase: true, stripAccents: false),
        TokenizerOptions(lowercase: false, stripAccents: true, splitChinese: false),
    ])
    func `the ids are those of the quick encoder and the places are in order`(options: TokenizerOptions) throws {
        let vocabulary = try TokenizeFixtures.tokenizer(cased: false).vocabulary
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: options)
        let (quick, aligned) = (tokenizer.makeEncoder(), tokenizer.makeAlignedEncoder())
        let seed: UInt64 = 12
        var random = Philox(seed: seed, purpose: Philox.purpose("aligned"))
        for _ in 0..<3_000 {
            let text = Array(WordPiecePropertyTests.text(&random).utf8)
            let range = text.isEmpty ? 0..<0 : random.below(text.count)..<text.count
            var tokens: [AlignedToken] = []
            aligned.encode(text, range, into: &tokens)
            var ids: [Int32] = []
            quick.encode(text, range, into: &ids)
            #expect(tokens.map(\.id) == ids, "seed \(seed): \(text)")
            var last = range.lowerBound
            for token in tokens {
                #expect(last <= token.range.lowerBound && token.range.upperBound <= range.upperBound)
                #expect(!token.range.isEmpty)
                last = token.range.lowerBound
            }
        }
    }

    @Test func `places are counted in bytes or characters, from the line's beginning`() throws {
        let vocabulary = try Vocabulary(pieces: Vocabulary.specialPieces + ["cafe", "noir", "ᄒ", "##ᅡ", "##ᆫ"])
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased).matchingSpecialTokens(true)
        let encoder = tokenizer.makeAlignedEncoder()
        let bytes = OffsetFormatter(vocabulary, style: .pieces, unit: .bytes)
        let characters = OffsetFormatter(vocabulary, style: .ids, unit: .characters)
        let text = "\u{e9} Cafe\u{301} noir\n\n한[MASK]"
        #expect(
            Self.lines(text, encoder, bytes)
                == "[UNK]:0:2 cafe:3:7 noir:10:14\n\nᄒ:0:3 ##ᅡ:0:3 ##ᆫ:0:3 [MASK]:3:9\n")
        #expect(Self.lines(text, encoder, characters) == "1:0:1 5:2:6 6:8:12\n\n7:0:1 8:0:1 9:0:1 4:1:7\n")
        var output: [UInt8] = []
        characters.append([0xE2, 0x82, 0x20, 0xFF, 0x6E, 0x6F, 0x69, 0x72], with: encoder, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "6:3:7\n")
    }
}
