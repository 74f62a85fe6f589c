import Foundation
import Streaming
import TestSupport
import Testing

@testable import Tokenize

@Suite struct TokenizerFileTests {
    struct GoldenRow: Decodable {
        let text: String
        let ids: [Int32]
        let offsets: [[Int]]
    }

    static func load(_ path: String) throws -> WordPieceTokenizer {
        try WordPieceTokenizer.load(path).matchingSpecialTokens(true)
    }

    @Test(arguments: ["tokenizer-added.json", "tokenizer-plain.json"])
    func `a tokenizer.json alone gives the ids and offsets of the reference`(name: String) throws {
        let tokenizer = try Self.load(TokenizeFixtures.path(name))
        let (encoder, aligned) = (tokenizer.makeEncoder(), tokenizer.makeAlignedEncoder())
        let formatter = OffsetFormatter(tokenizer.vocabulary, style: .ids, unit: .characters)
        let golden = name.replacingOccurrences(of: ".json", with: ".jsonl")
        let rows = try TokenizeFixtures.rows(TokenizeFixtures.path(golden), as: GoldenRow.self)
        #expect(rows.count > 300)
        for row in rows {
            #expect(encoder.ids(row.text) == row.ids, "\(row.text.debugDescription)")
            let expected = zip(row.ids, row.offsets).map { "\($0):\($1[0]):\($1[1])" }.joined(separator: " ")
            #expect(AlignedEncoderTests.lines(row.text, aligned, formatter) == expected + "\n")
        }
    }

    @Test func `what is saved gives the same tokeniser, added tokens among it`() throws {
        let folder = TemporaryDirectory()
        for name in ["tokenizer-added.json", "tokenizer-plain.json"] {
            let tokenizer = try WordPieceTokenizer.load(TokenizeFixtures.path(name))
            try tokenizer.save(to: folder.file(name))
            let loaded = try WordPieceTokenizer.load(folder.file(name))
            #expect(loaded.vocabulary == tokenizer.vocabulary && loaded.options == tokenizer.options)
            #expect(loaded.addedTokens == tokenizer.addedTokens.sorted { $0.id < $1.id })
            for id in 0..<Int32(loaded.vocabulary.count) {
                #expect(loaded.vocabulary.isMatched(id) == tokenizer.vocabulary.isMatched(id))
            }
        }
    }

    @Test func `lines with added tokens of any kind are those of single texts`() throws {
        let tokenizer = try Self.load(TokenizeFixtures.path("tokenizer-added.json"))
        let encoder = tokenizer.makeEncoder()
        let rows = try TokenizeFixtures.rows(
            TokenizeFixtures.path("tokenizer-added.jsonl"), as: GoldenRow.self)
        var ids: [UInt32] = []
        let text = Array(rows.map(\.text).joined(separator: "\n").utf8)
        encoder.encodeLines(text, 0..<text.count, into: &ids)
        let lines = ids.split(separator: WordPieceEncoder.lineEnd, omittingEmptySubsequences: false)
        #expect(lines.map { $0.map { Int32($0) } } == rows.map(\.ids))
    }

    static let vocabulary = #""vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}"#
    static func file(
        normalizer: String = #"{"type": "BertNormalizer", "lowercase": true}"#,
        splitter: String = #"{"type": "BertPreTokenizer"}"#, vocabulary: String = vocabulary, model: String = "",
        added: String = ""
    ) -> String {
        """
        {"added_tokens": [\(added)], "normalizer": \(normalizer), "pre_tokenizer": \(splitter),
         "model": {"type": "WordPiece", \(model) \(vocabulary)}}
        """
    }

    @Test func `options of the file are kept, those of a configuration beside it go first`() throws {
        let folder = TemporaryDirectory()
        let normalizer = """
            {"type": "Sequence", "normalizers": [{"type": "BertNormalizer", "lowercase": false, "strip_accents": true,
             "handle_chinese_chars": false}]}
            """
        let text = Self.file(normalizer: normalizer, model: #""max_input_chars_per_word": 7,"#)
        try folder.write(text, to: "tokenizer.json")
        let options = TokenizerOptions(lowercase: false, stripAccents: true, splitChinese: false, longestWord: 7)
        #expect(try WordPieceTokenizer.load(folder.path).options == options)
        #expect(try WordPieceTokenizer.load(folder.file("tokenizer.json"), cased: false).options.lowercase)
        try folder.write(#"{"do_lower_case": true}"#, to: "tokenizer_config.json")
        let loaded = try WordPieceTokenizer.load(folder.path).options
        #expect(loaded.lowercase && loaded.stripAccents == true && loaded.longestWord == 7)
    }

    @Test func `the longest word of the file counts`() throws {
        let folder = TemporaryDirectory()
        let pieces = Self.vocabulary.replacingOccurrences(of: "\"a\": 5", with: "\"a\": 5, \"##a\": 6")
        try folder.write(Self.file(vocabulary: pieces, model: #""max_input_chars_per_word": 7,"#), to: "t.json")
        let tokenizer = try WordPieceTokenizer.load(folder.file("t.json"))
        #expect(tokenizer.encode("aaaaaaa") == [5, 6, 6, 6, 6, 6, 6])
        #expect(tokenizer.encode("aaaaaaaa") == [1])
    }

    @Test(arguments: [
        (file(normalizer: "null"), "another normalizer"),
        (file(normalizer: #"{"type": "BertNormalizer", "clean_text": false}"#), "another normalizer"),
        (file(splitter: #"{"type": "Whitespace"}"#), "another pre_tokenizer"),
        (file(vocabulary: #""merges": []"#), "no model of the type WordPiece"),
        (file(model: #""continuing_subword_prefix": "@@","#), "otherwise than with ##"),
        (file(model: #""max_input_chars_per_word": 100000,"#), "100000 characters"),
        (file(vocabulary: vocabulary.replacingOccurrences(of: "\"a\": 5", with: "\"a\": 6")), "the id 6 twice"),
        (file(vocabulary: vocabulary.replacingOccurrences(of: "\"a\": 5", with: "\"a\": 4")), "the id 4 twice"),
        (file(vocabulary: vocabulary.replacingOccurrences(of: "\"a\": 5", with: "\"a\": \"5\"")), "without an id"),
        (file(vocabulary: #""vocab": {"a": 0}"#), "the piece [UNK] is missing"),
        (file(added: #"{"content": "", "id": 6}"#), "added token without content"),
        (file(added: #"{"content": "b", "id": 8}"#), "the id 8 twice, or leaves out one below it"),
        ("{\"model\": ", "byte 10: the JSON has no value here"),
        (String(repeating: "[", count: 100_000), "nested too deep"),
    ])
    func `a file of another kind is refused with the reason`(text: String, message: String) throws {
        let folder = TemporaryDirectory()
        let path = folder.file("tokenizer.json")
        try folder.write(text, to: "tokenizer.json")
        let failure = #expect(throws: Failure.self) { _ = try WordPieceTokenizer.load(path) }
        #expect(failure?.code == .badData)
        let description = failure.map { "\($0)" } ?? ""
        #expect(description.contains(message) && description.contains(path), "\(description)")
    }

    @Test func `JSON is read byte for byte`() throws {
        func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8), place: "t") }
        let value = try parse(
            #" {"a\u00e9\ud83d\ude00\n\"\\\/" : [ -1.5e2, true, false, null, "é" ], "e\u0301": 1, "é": 2} "#)
        guard case .object(let members) = value, case .array(let values) = members[0].value else {
            Issue.record("no object with an array")
            return
        }
        #expect(members.map(\.key) == [Array("aé😀\n\"\\/".utf8), Array("e\u{301}".utf8), Array("é".utf8)])
        #expect(values.count == 5 && values[0].integer == -150 && values[1].bool == true && values[3].isNull)
        #expect(values[4].string == "é" && value["none"] == nil)
        let broken = [
            "", "{", "[1,]", "{\"a\" 1}", "{1: 2}", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\u12\"",
            "\"\\", "tru", "1 2", "--1",
        ]
        for text in broken { #expect(throws: Failure.self, "\(text)") { _ = try parse(text) } }
    }
}
