import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct VocabularyTrainerTests {
    static func train(
        _ texts: [String], size: Int, options: TokenizerOptions = .uncased, minimum: Int = 2, alphabet: Int = 1_000,
        unused: Int = 0, jobs: Int = 1, batch: Int = 3, algorithm: VocabularyAlgorithm = .frequency
    ) throws -> TrainedVocabulary {
        var configuration = VocabularyTrainer.Configuration(
            size: size, options: options, minimumFrequency: minimum, alphabetLimit: alphabet, unusedPieces: unused)
        configuration.algorithm = algorithm
        var rest = texts.map { Array($0.utf8) }[...]
        return try VocabularyTrainer(configuration: configuration).train(jobs: jobs) {
            defer { rest = rest.dropFirst(batch) }
            return rest.isEmpty ? nil : Array(rest.prefix(batch))
        }
    }

    /// Texts of made-up words, frequent ones first (roughly Zipf's law).
    static func texts(seed: UInt64, count: Int) -> [String] {
        var random = Philox(seed: seed, purpose: Philox.purpose("texts"))
        let syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "sé", "ti", "vo", "zu", "ж", "中", "한"]
        let words = (0..<400).map { _ in (0..<1 + random.below(4)).map { _ in syllables[random.below(13)] }.joined() }
        return (0..<count).map { _ in
            (0..<20).map { _ in words[min(random.below(400), random.below(400), random.below(400))] }
                .joined(separator: [" ", ", ", "-"][random.below(3)]) + "."
        }
    }

    @Test func `a small text gives the pieces worked out by hand`() throws {
        // Counts: hug 10, pug 5, pun 12, bun 4, hugs 5. Pairs:
        // (##u ##g) 20, then (##u ##n) 16, (h ##ug) 15, (p ##un) 12.
        let text = [("hug", 10), ("pug", 5), ("pun", 12), ("bun", 4), ("hugs", 5)]
            .flatMap { Array(repeating: $0.0, count: $0.1) }.joined(separator: " ")
        let trained = try Self.train([text], size: 20)
        #expect(
            trained.pieces == Vocabulary.specialPieces + [
                "b", "g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u",
            ]
                + ["##ug", "##un", "hug", "pun"])
        #expect(trained.words == 5 && trained.reachedSize)
    }

    @Test func `pairs that come equally often are merged in the order of their ids`() throws {
        let trained = try Self.train(["cd ab cd ab"], size: 100)
        #expect(trained.pieces.suffix(2) == ["ab", "cd"])
    }

    @Test func `a text too small for the size gives fewer pieces and says so`() throws {
        let trained = try Self.train(["one two two"], size: 1_000)
        #expect(!trained.reachedSize && trained.pieces.count < 30)
        #expect(trained.pieces.contains("two") && !trained.pieces.contains("one"))
        #expect(try Self.train(["one two two"], size: 1_000, minimum: 1).pieces.contains("one"))
    }

    @Test func `repeated letters are merged without losing count`() throws {
        let trained = try Self.train(["aaaaaaa aaaa aaa aa"], size: 1_000, minimum: 1)
        let vocabulary = try trained.vocabulary()
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
        #expect(tokenizer.encode("aaaaaaa").map { vocabulary.piece($0) } == ["aaaaaaa"])
    }

    @Test(arguments: [1, 2, 3, 7])
    func `the pieces do not depend on threads or batches`(jobs: Int) throws {
        let texts = Self.texts(seed: 6, count: 300)
        let one = try Self.train(texts, size: 250)
        #expect(one.reachedSize)
        #expect(try Self.train(texts, size: 250, jobs: jobs, batch: jobs * 5) == one)
        #expect(try Self.train(texts.reversed(), size: 250, jobs: jobs) == one)
    }

    @Test(arguments: [TokenizerOptions.uncased, .cased])
    func `counts kept up to date give the pieces of counting anew`(options: TokenizerOptions) throws {
        for seed in UInt64(1)...4 {
            let texts = Self.texts(seed: seed, count: 40)
            let trained = try Self.train(texts, size: 220, options: options)
            #expect(trained.pieces == Self.slow(texts, size: 220, options: options), "seed \(seed)")
        }
    }

    @Test func `likelihood kept up to date gives the pieces of counting anew`() throws {
        for seed in UInt64(5)...9 {
            let texts = Self.texts(seed: seed, count: 40)
            let trained = try Self.train(texts, size: 260, algorithm: .likelihood)
            #expect(
                trained.pieces == Self.slow(texts, size: 260, options: .uncased, byLikelihood: true), "seed \(seed)")
        }
    }

    @Test func `likelihood prefers what belongs together to what merely comes often`() throws {
        // (a ##b) comes most often. Then those of 10 and more: (x ##b) comes 19 times, but 28 ##b are left; all 15 q
        // and ##u stand together.
        let text = [("ab", 20), ("xb", 19), ("yb", 9), ("qu", 15)]
            .flatMap { Array(repeating: $0.0, count: $0.1) }.joined(separator: " ")
        let characters = 5 + 6 + 2
        #expect(try Self.train([text], size: characters + 2).pieces.suffix(2) == ["ab", "xb"])
        #expect(try Self.train([text], size: characters + 2, algorithm: .likelihood).pieces.suffix(2) == ["ab", "qu"])
    }

    /// The definition: count all pairs in all words, merge the best, start again.
    static func slow(
        _ texts: [String], size: Int, options: TokenizerOptions, byLikelihood: Bool = false
    ) -> [String] {
        var counts: [[UInt8]: UInt64] = [:]
        var normalizer = WordNormalizer(options)
        for text in texts.map({ Array($0.utf8) }) {
            normalizer.normalize(text.span, 0..<text.count)
            var start = 0
            for end in normalizer.ends {
                counts[Array(normalizer.bytes[start..<end]), default: 0] += 1
                start = end
            }
        }
        let words = counts.map {
            (String(decoding: $0.key, as: UTF8.self).unicodeScalars.map { String($0) }, $0.value)
        }
        return slow(words, size: size, byLikelihood: byLikelihood)
    }

    static func slow(_ characters: [([String], UInt64)], size: Int, byLikelihood: Bool) -> [String] {
        let alphabet = Set(characters.flatMap(\.0)).sorted { $0.unicodeScalars.first! < $1.unicodeScalars.first! }
        let inner = Set(characters.flatMap { $0.0.dropFirst() })
        var pieces = Vocabulary.specialPieces + alphabet + alphabet.filter(inner.contains).map { "##" + $0 }
        var words = characters.map { word, count in (word.enumerated().map { $0 == 0 ? $1 : "##" + $1 }, count) }
        var floor = UInt64.max
        while pieces.count < size {
            var pairs: [[Int]: UInt64] = [:]
            var single: [Int: UInt64] = [:]
            for (word, count) in words {
                let ids = word.map { pieces.firstIndex(of: $0)! }
                for id in ids { single[id, default: 0] += count }
                for pair in zip(ids, ids.dropFirst()) { pairs[[pair.0, pair.1], default: 0] += count }
            }
            func score(_ pair: [Int], _ count: UInt64) -> Double {
                byLikelihood ? Double(count) / (Double(single[pair[0]]!) * Double(single[pair[1]]!)) : Double(count)
            }
            if byLikelihood {
                guard let most = pairs.values.max(), most >= 2 else { break }
                if floor == .max { floor = most }
                while most < floor { floor = max(2, floor / 2) }
            } else {
                floor = 2
            }
            let best = pairs.filter { $0.value >= floor }
                .max {
                    (score($0.key, $0.value), $1.key[0], $1.key[1]) < (score($1.key, $1.value), $0.key[0], $0.key[1])
                }
            guard let best else { break }
            let (a, b) = (pieces[best.key[0]], pieces[best.key[1]])
            let joined = a + b.dropFirst(2)
            if !pieces.contains(joined) { pieces.append(joined) }
            words = words.map { (merge($0.0, a, b, joined), $0.1) }
        }
        return pieces
    }

    static func merge(_ word: [String], _ a: String, _ b: String, _ joined: String) -> [String] {
        var result: [String] = []
        var index = 0
        while index < word.count {
            let found = index + 1 < word.count && word[index] == a && word[index + 1] == b
            result.append(found ? joined : word[index])
            index += found ? 2 : 1
        }
        return result
    }

    @Test func `unused pieces follow the padding, as in the published vocabularies`() throws {
        let trained = try Self.train(["one two two"], size: 1_000, unused: 2)
        #expect(trained.pieces.prefix(4) == ["[PAD]", "[unused0]", "[unused1]", "[UNK]"])
        #expect(try trained.vocabulary().unknownID == 3)
    }

    @Test func `the rarest characters go when there are too many`() throws {
        let trained = try Self.train(["aab aab caa"], size: 1_000, alphabet: 2)
        #expect(!trained.pieces.contains { $0.contains("c") } && trained.pieces.contains("aab"))
    }

    @Test func `every word learnt from is covered by the pieces`() throws {
        let texts = Self.texts(seed: 3, count: 50)
        let vocabulary = try Self.train(texts, size: 300).vocabulary()
        let encoder = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased).makeEncoder()
        for text in texts { #expect(!encoder.ids(text).contains(vocabulary.unknownID)) }
    }

    @Test func `no text and a size too small are failures`() throws {
        #expect(throws: Failure.self) { _ = try Self.train([], size: 100) }
        #expect(throws: Failure.self) { _ = try Self.train([" \n "], size: 100) }
        let failure = #expect(throws: Failure.self) { _ = try Self.train(["one two three"], size: 8) }
        #expect(failure?.code == .usage)
    }

    @Test func `what the source throws comes through`() {
        let trainer = VocabularyTrainer(configuration: .init(size: 100))
        let failure = #expect(throws: Failure.self) {
            _ = try trainer.train(jobs: 2) { throw Failure(.inputOutput, "the disk is gone") }
        }
        #expect(failure?.code == .inputOutput)
    }
}
