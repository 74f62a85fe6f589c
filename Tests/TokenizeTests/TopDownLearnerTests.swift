import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct TopDownLearnerTests {
    static func configuration(_ size: Int, minimum: Int = 2) -> VocabularyTrainer.Configuration {
        var configuration = VocabularyTrainer.Configuration(size: size, options: .cased, minimumFrequency: minimum)
        configuration.algorithm = .topdown
        return configuration
    }

    static func words(seed: UInt64, count: Int) -> [String: UInt64] {
        var random = Philox(seed: seed, purpose: Philox.purpose("words"))
        let syllables = ["a", "ba", "ke", "lo", "mi", "n", "ra", "é", "ж", "中"]
        var words: [String: UInt64] = [:]
        for _ in 0..<count {
            let word = (0..<1 + random.below(5)).map { _ in syllables[random.below(10)] }.joined()
            words[word] = UInt64(1 + random.below(1 + random.below(300)))
        }
        return words
    }

    /// The definition, for one threshold: what is left of words from each cut on, four times over.
    static func slow(_ words: [String: UInt64], threshold: UInt64) -> [String] {
        let spelled = words.map { (word: $0.key.unicodeScalars.map { String($0) }, count: $0.value) }
        let characters = Set(spelled.flatMap(\.word))
        var pieces: [String: UInt64] = [:]
        for round in 0..<4 {
            var rests: [String: UInt64] = [:]
            for (word, count) in spelled {
                var start = 0
                while start < word.count {
                    let mark = start > 0 ? "##" : ""
                    rests[mark + word[start...].joined(), default: 0] += count
                    let ends = (start + 1...word.count).reversed()
                    let known = ends.first { pieces[mark + word[start..<$0].joined()] != nil }
                    start = round == 0 ? start + 1 : known ?? start + 1
                }
            }
            pieces = rests.filter { $0.value >= threshold }
            for character in characters {
                for piece in [character, "##" + character] where pieces[piece] == nil { pieces[piece] = 1 }
            }
        }
        let first = characters.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        let rest = pieces.filter { !characters.contains($0.key) }.sorted { a, b in
            a.value != b.value ? a.value > b.value : Array(a.key.utf8).lexicographicallyPrecedes(Array(b.key.utf8))
        }
        return Vocabulary.specialPieces + first + rest.map(\.key)
    }

    @Test func `the tree gives the pieces of the definition, for the threshold that the search finds`() throws {
        for seed in UInt64(1)...8 {
            let words = Self.words(seed: seed, count: 60)
            let pieces = try VocabularyGoldenTests.learn(words, Self.configuration(80 + Int(seed) * 4))
            let thresholds = Set(words.values.flatMap { [$0, $0 + 1] })
            let found = thresholds.sorted().contains { Self.slow(words, threshold: $0) == pieces }
            #expect(found, "seed \(seed)")
        }
    }

    @Test func `never more pieces than asked for, and a size too small for the characters is a failure`() throws {
        let words = Self.words(seed: 3, count: 200)
        for size in stride(from: 40, to: 200, by: 7) {
            #expect(try VocabularyGoldenTests.learn(words, Self.configuration(size, minimum: 10)).count <= size)
        }
        let failure = #expect(throws: Failure.self) {
            _ = try VocabularyGoldenTests.learn(words, Self.configuration(20))
        }
        #expect(failure?.code == .usage)
    }

    @Test func `long words are not learnt from`() throws {
        let long = String(repeating: "xyz", count: 20)
        let pieces = try VocabularyGoldenTests.learn([long: 100, "ab": 100], Self.configuration(100))
        #expect(pieces.contains("ab") && !pieces.contains(long) && !pieces.contains("x"))
    }
}
