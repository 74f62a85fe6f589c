import Foundation
import Streaming
import TestSupport
import Testing

@testable import Tokenize

@Suite struct VocabularyTests {
    static let special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"

    @Test func `pieces and ids are found both ways`() throws {
        let vocabulary = try Vocabulary(pieces: ["a"] + Vocabulary.specialPieces + ["##b", "é", "e\u{301}"])
        #expect(vocabulary.count == 9)
        #expect(vocabulary.padID == 1 && vocabulary.unknownID == 2 && vocabulary.maskID == 5)
        #expect(vocabulary.classificationID == 3 && vocabulary.separatorID == 4)
        #expect(vocabulary.isSpecial(5) && !vocabulary.isSpecial(0))
        #expect(vocabulary.isContinuation(6) && !vocabulary.isContinuation(0))
        #expect(vocabulary.id(of: "é") == 7 && vocabulary.id(of: "e\u{301}") == 8 && vocabulary.id(of: "z") == nil)
        #expect(vocabulary.id(of: "##") == nil && vocabulary.id(of: "") == nil)
        for id in 0..<Int32(vocabulary.count) { #expect(vocabulary.id(of: vocabulary.piece(id)) == id) }
    }

    @Test func `line ends of Windows and a missing last one are accepted`() throws {
        let folder = TemporaryDirectory()
        let plain = try Vocabulary(contentsOf: folder.write(Self.special + "the\n", to: "a.txt"))
        let windows = Self.special.replacingOccurrences(of: "\n", with: "\r\n") + "the"
        #expect(try Vocabulary(contentsOf: folder.write(windows, to: "b.txt")) == plain)
        try folder.write(Self.special + "the\n", to: "vocab.txt")
        #expect(try Vocabulary(contentsOf: folder.path) == plain)
        #expect(try Vocabulary(pieces: Vocabulary.specialPieces + ["teh"]) != plain)
    }

    @Test(arguments: [
        ("", "is empty"), ("[PAD]\n[CLS]\n[SEP]\n[MASK]\na\n", "the piece [UNK] is missing"),
        (special + "a\nb\na\n", "v.txt: row 8: the piece 'a' was already row 6"),
        (special + "a\n\nb\n", "v.txt: row 7: is empty"),
        (special + "a\n\u{1}", "v.txt: row 7: byte 0 of the piece is no UTF-8"),
    ])
    func `a broken file is refused with its row`(text: String, message: String) throws {
        let folder = TemporaryDirectory()
        var bytes = Array(text.utf8)
        if bytes.last == 1 { bytes[bytes.count - 1] = 0xC3 }
        try Files.write(bytes, to: folder.file("v.txt"))
        let failure = #expect(throws: Failure.self) { _ = try Vocabulary(contentsOf: folder.file("v.txt")) }
        #expect(failure?.code == .badData)
        #expect(failure.map { "\($0)".contains(message) } == true, "\(failure.map { "\($0)" } ?? "")")
    }

    @Test func `a text too large for a vocabulary is refused`() throws {
        let text = Array((Self.special + "abc\nabd\nxyz\n").utf8)
        #expect(try Vocabulary(text: text, place: "v.txt", nodes: 32).count == 8)
        let failure = #expect(throws: Failure.self) { _ = try Vocabulary(text: text, place: "v.txt", nodes: 29) }
        #expect(failure?.code == .badData && failure?.place == "v.txt")
    }

    @Test func `a missing file and a piece that would break the file are failures`() throws {
        #expect(throws: Failure.self) { _ = try Vocabulary(contentsOf: "/nowhere/vocab.txt") }
        #expect(throws: Failure.self) { _ = try Vocabulary(pieces: Vocabulary.specialPieces + ["a\nb"]) }
        #expect(throws: Failure.self) { _ = try Vocabulary(pieces: []) }
    }

    @Test(arguments: [
        TokenizerOptions.uncased, .cased, TokenizerOptions(lowercase: true, stripAccents: false, splitChinese: false),
    ])
    func `what is saved loads as it was`(options: TokenizerOptions) throws {
        let folder = TemporaryDirectory()
        let pieces = Vocabulary.specialPieces + ["a", "\"", "\\", "##\u{1F}", "é", "e\u{301}", "中"]
        let tokenizer = WordPieceTokenizer(vocabulary: try Vocabulary(pieces: pieces), options: options)
        try tokenizer.save(to: folder.file("made/here"))
        let loaded = try WordPieceTokenizer.load(folder.file("made/here"))
        #expect(loaded.vocabulary == tokenizer.vocabulary && loaded.options == options)
        #expect(try WordPieceTokenizer.load(folder.file("made/here/vocab.txt")).options == options)
        #expect(try WordPieceTokenizer.load(folder.file("made/here"), cased: true).options == .cased)
        let json = try Files.read(folder.file("made/here/tokenizer.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        let model = try #require(object["model"] as? [String: Any])
        #expect(model["unk_token"] as? String == "[UNK]" && model["max_input_chars_per_word"] as? Int == 100)
        // é and e + accent are one key to Swift's dictionaries.
        #expect((model["vocab"] as? [String: Any])?["\""] as? Int == 6)
        #expect(!(try Files.names(in: folder.file("made/here")).contains { $0.hasSuffix(".partial") }))
    }

    @Test func `without a configuration a vocabulary with capitals is cased`() throws {
        let folder = TemporaryDirectory()
        #expect(try WordPieceTokenizer.load(folder.write(Self.special + "the\n", to: "a.txt")).options == .uncased)
        #expect(try WordPieceTokenizer.load(folder.write(Self.special + "The\n", to: "b.txt")).options == .cased)
        #expect(try WordPieceTokenizer.load(folder.file("b.txt"), cased: false).options == .uncased)
    }

    @Test func `a broken configuration is a failure that names the file`() throws {
        let folder = TemporaryDirectory()
        try folder.write(Self.special, to: "vocab.txt")
        try folder.write("{\"do_lower_case\": ", to: "tokenizer_config.json")
        let failure = #expect(throws: Failure.self) { _ = try WordPieceTokenizer.load(folder.path) }
        #expect(failure?.place?.hasSuffix("tokenizer_config.json") == true)
    }
}
