import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct VocabularyExtensionTests {
    static let base =
        ["[PAD]", "[unused0]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        + "abcdefghijklmnopqrstuvwxyz".flatMap { ["\($0)", "##\($0)"] } + ["heart", "##itis", "the"]

    static func learn(
        _ words: [String: UInt64], size: Int, algorithm: VocabularyAlgorithm = .frequency, base: [String]? = base,
        terms: String = "", unused: Int = 0, minimum: Int = 2
    ) throws -> [String] {
        var configuration = VocabularyTrainer.Configuration(
            size: size, options: .uncased, minimumFrequency: minimum, unusedPieces: unused)
        configuration.algorithm = algorithm
        configuration.base = base
        if !terms.isEmpty { configuration.glossary = Glossary(Array(terms.utf8), options: .uncased) }
        return try VocabularyGoldenTests.learn(words, configuration)
    }

    static let words: [String: UInt64] = [
        "carditis": 50, "heart": 500, "cardiac": 40, "cardio": 30, "the": 900, "gastritis": 20, "gastric": 25,
    ]

    @Test(arguments: VocabularyAlgorithm.allCases)
    func `base ids stay, unused places are filled first, then pieces follow`(algorithm: VocabularyAlgorithm) throws {
        let pieces = try Self.learn(Self.words, size: Self.base.count + 4, algorithm: algorithm)
        for (id, piece) in Self.base.enumerated() where !piece.hasPrefix("[unused") { #expect(pieces[id] == piece) }
        #expect(!pieces.contains { $0.hasPrefix("[unused") })
        #expect(pieces.count <= Self.base.count + 4 && pieces.count > Self.base.count)
        #expect(Set(pieces).count == pieces.count)
        let filled = try Self.learn(Self.words, size: Self.base.count, algorithm: algorithm)
        #expect(filled.count == Self.base.count && filled[4...] == Self.base[4...])
        #expect(Set(filled[1...3]).isDisjoint(with: Self.base))
    }

    @Test func `merging goes on from the longest matches of the base`() throws {
        // carditis is (c ##a ##r ##d ##itis): c ##a ##r ##d come together 120 times, and the pair of the smaller ids
        // is joined first: (##a ##r), then (##ar ##d), for ##ar has the first unused id.
        let pieces = try Self.learn(Self.words, size: Self.base.count + 1)
        #expect(pieces[1...3] == ["##ar", "##ard", "card"])
    }

    @Test func `some unused places can be kept, and made`() throws {
        let kept = try Self.learn(Self.words, size: Self.base.count, unused: 2)
        #expect(kept[1] != "[unused0]" && kept[2...3] == ["[unused1]", "[unused2]"])
        let more = try Self.learn(Self.words, size: Self.base.count + 2, unused: 5)
        #expect(more[1...3] == ["[unused0]", "[unused1]", "[unused2]"])
        #expect(more.suffix(2) == ["[unused3]", "[unused4]"])
    }

    @Test func `characters that the base lacks come first if they are frequent enough`() throws {
        var words = Self.words
        words["µg"] = 70
        words["ж"] = 1
        let pieces = try Self.learn(words, size: Self.base.count + 4)
        // The normaliser has made them one already: here the words are as they are.
        #expect(pieces[1] == "µ")
        #expect(!pieces.contains("ж"))
    }

    @Test(arguments: VocabularyAlgorithm.allCases)
    func `terms become pieces as whole normalised words`(algorithm: VocabularyAlgorithm) throws {
        let terms = "Myocardial Infarction\nβ-Blocker\n\nCAFÉ-au-lait\n" + String(repeating: "x", count: 101)
        for base in [nil, Self.base] {
            let pieces = try Self.learn(Self.words, size: 400, algorithm: algorithm, base: base, terms: terms)
            for word in ["myocardial", "infarction", "β", "-", "blocker", "cafe", "au", "lait"] {
                #expect(pieces.contains(word), "\(word)")
            }
            let vocabulary = try Vocabulary(pieces: pieces)
            let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
            #expect(
                tokenizer.encode("Myocardial β-blocker").map { vocabulary.piece($0) } == [
                    "myocardial", "β", "-", "blocker",
                ])
        }
        let glossary = Glossary(Array(terms.utf8), options: .uncased)
        #expect(glossary.leftOut == 1 && glossary.words.count == 8)
    }

    @Test func `what has no room is a failure that says so`() throws {
        var failure = #expect(throws: Failure.self) { _ = try Self.learn(Self.words, size: 20) }
        #expect(failure?.code == .usage && failure?.message.contains("base") == true)
        failure = #expect(throws: Failure.self) {
            _ = try Self.learn(Self.words, size: Self.base.count, terms: "one two three four")
        }
        #expect(failure?.code == .usage && failure?.message.contains("terms") == true)
    }

    @Test func `an initial alphabet is there even if it never comes`() throws {
        var configuration = VocabularyTrainer.Configuration(size: 200, options: .uncased, alphabetLimit: 12)
        configuration.initialAlphabet = "0123456789"
        let pieces = try VocabularyGoldenTests.learn(["abc": 5, "abd": 3, "x": 1], configuration)
        #expect((0...9).allSatisfy { pieces.contains("\($0)") && !pieces.contains("##\($0)") })
        #expect(pieces.contains("a") && pieces.contains("b") && !pieces.contains("x"))
    }
}
