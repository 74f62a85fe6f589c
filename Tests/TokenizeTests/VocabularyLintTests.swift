import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct VocabularyLintTests {
    static let special = Vocabulary.specialPieces

    static func lint(_ pieces: [String], cased: Bool = false) -> VocabularyLint {
        VocabularyLint(Array((pieces.joined(separator: "\n") + "\n").utf8), options: cased ? .cased : .uncased)
    }

    static func problems(_ pieces: [String], cased: Bool = false) -> [String: VocabularyLint.Problem] {
        var problems: [String: VocabularyLint.Problem] = [:]
        for finding in lint(pieces, cased: cased).findings { problems[finding.piece] = finding.problem }
        return problems
    }

    @Test func `a sound vocabulary has no findings`() {
        let pieces = Self.special + ["[unused0]", "a", "b", "##a", "##b", "ab", ".", "中", "café".folding(), "##ing"]
        #expect(Self.lint(pieces).findings == [])
        #expect(Self.lint(pieces).unused == 1 && Self.lint(pieces).continuations == 3)
    }

    @Test func `each problem is found in its row`() {
        let long = String(repeating: "x", count: 101)
        let pieces =
            Self.special.dropLast() + [
                "a", "b", "Upper", "café", "don't", "中国", "##.", "##中", "a", "\u{200B}", "two words", long, "##A",
                "a-b",
            ]
        let found = Self.problems(Array(pieces))
        #expect(
            found == [
                "[MASK]": .missingSpecial, "Upper": .notNormalized, "café": .notNormalized, "don't": .severalWords,
                "中国": .severalWords, "##.": .cannotFollow, "##中": .cannotFollow, "a": .duplicate,
                "\u{200B}": .notNormalized, "two words": .severalWords, long: .tooLong, "##A": .notNormalized,
                "a-b": .severalWords,
            ])
        let lint = Self.lint(Array(pieces))
        #expect(lint.findings.first { $0.problem == .duplicate }?.row == 13)
        #expect(lint.findings.first { $0.problem == .duplicate }?.detail == "as row 5")
        #expect(lint.findings.first { $0.piece == "Upper" }?.detail == "becomes 'upper'")
        #expect(lint.findings.first { $0.piece == "\u{200B}" }?.detail == "vanishes")
        #expect(lint.findings.map(\.row) == lint.findings.map(\.row).sorted())
    }

    @Test func `capitals and accents are sound in a cased vocabulary`() {
        #expect(Self.problems(Self.special + ["Upper", "café", "##A", "b"], cased: true) == [:])
    }

    @Test func `damaged and empty rows are findings, not failures`() {
        var text = Array((Self.special.joined(separator: "\r\n") + "\r\n\r\na\r\n").utf8)
        text += [0xC3, 10, 0x62]
        let lint = VocabularyLint(text, options: .uncased)
        #expect(lint.findings.map(\.problem) == [.empty, .invalidUTF8])
        #expect(lint.findings.map(\.row) == [6, 8])
        #expect(lint.rows == 9)
    }

    @Test func `a piece that a longer one always hides is unreachable`() {
        // Behind a and behind b, c makes a longer piece; behind nothing is ##c ever left.
        let hidden = Self.special + ["a", "b", "ac", "bc", "acc", "bcc", "acd", "bcd", "##c"]
        #expect(Self.problems(hidden)["##c"] == nil, "behind ac, accc leaves it")
        #expect(Self.problems(Self.special + ["a", "ab", "##b"])["##b"] == nil, "abb is ab and ##b")
        #expect(Self.problems(Self.special + [".", "##b"]) == ["##b": .unreachable])
        #expect(Self.problems(Self.special + ["a", "ab", "##bc"])["##bc"] == nil, "abbc is ab and ##bc")
        #expect(Self.problems(Self.special + ["a", "ab", "##bc", "##b"])["##bc"] == nil)
    }

    /// The encoder is the judge: all words of nine letters and fewer are cut.
    @Test func `what is called sound is reached, what is not is never given`() throws {
        var missed = 0
        for seed in UInt64(1)...20 {
            var random = Philox(seed: seed, purpose: Philox.purpose("lint"))
            var pieces = Set<String>()
            for _ in 0..<14 {
                let body = (0..<1 + random.below(3)).map { _ in ["a", "b", "."][random.below(5) / 2] }.joined()
                pieces.insert((random.below(2) == 0 ? "##" : "") + body)
            }
            let list = Self.special + pieces.sorted()
            let bad = Self.problems(list)
            let vocabulary = try Vocabulary(pieces: list)
            let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
            let encoder = tokenizer.makeEncoder()
            var given = Set<String>()
            var texts = [""]
            for _ in 0..<9 {
                texts = texts.flatMap { [$0 + "a", $0 + "b"] } + ["."]
                for text in texts { given.formUnion(encoder.ids(text).map { vocabulary.piece($0) }) }
            }
            for piece in pieces.sorted() {
                if bad[piece] != nil { #expect(!given.contains(piece), "seed \(seed), \(piece) of \(list)") }
                if bad[piece] == nil, !given.contains(piece) { missed += 1 }
            }
        }
        // Behind a piece inside a word, the piece before may hide both: that is let pass.
        #expect(missed < 5)
    }

    @Test func `coverage counts single characters`() {
        let pieces = Self.special + ["0", "7", "##7", "a", "##a", "##b", "中", "国", "##国", "あ", "한", "ㄱ", "ab", "é"]
        let coverage = Self.lint(pieces).coverage
        #expect(coverage.digits == 2 && coverage.digitsInside == 1)
        #expect(coverage.letters == 1 && coverage.lettersInside == 2)
        #expect(coverage.ideographs == 2 && coverage.kana == 1 && coverage.hangul == 2 && coverage.characters == 9)
    }

    @Test func `fertility is pieces a word, counted as the encoder cuts`() throws {
        let vocabulary = try Vocabulary(pieces: Self.special + ["a", "##b", "ab", "##c", "."])
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
        var texts: [[UInt8]]? = ["ab AB abc x. zz", "abbc"].map { Array($0.utf8) }
        let found = try VocabularyFertility(
            tokenizer, jobs: 2,
            source: {
                defer { texts = nil }
                return texts
            }, texts: { $0 })
        // ab, ab, ab ##c, [UNK], ., [UNK], ab ##b ##c
        #expect(found.words == 7 && found.pieces == 10 && found.unknown == 2 && found.whole == 3)
        #expect(found.distinct == 6 && found.leftOut == 0)
        #expect(abs(found.piecesPerWord - 10.0 / 7) < 1e-12)
    }
}

extension String {
    /// Without accents.
    fileprivate func folding() -> String { folding(options: .diacriticInsensitive, locale: nil) }
}
