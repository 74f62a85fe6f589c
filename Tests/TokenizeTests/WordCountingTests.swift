import Foundation
import Streaming
import TestSupport
import Testing

@testable import Tokenize

@Suite struct WordCountingTests {
    /// Texts of all that is hard for a counter: long words, many scripts, controls, damage, punctuation in a row.
    static func texts(seed: UInt64, count: Int) -> [[UInt8]] {
        var random = Philox(seed: seed, purpose: Philox.purpose("counted"))
        let parts = [
            "a", "The", "WORD", "word", "x1", "Straße", "naïve", "е́лка", "中文", "한국어", "\u{200B}", "\u{1}", "e\u{301}",
            "-", "...", "\"", "don't", "12345678", "abcdefghijklmnop", "abcdefghijklmnopq", "ABCDEFGH", "ＡＢＣ", "\u{a0}",
            String(repeating: "Long", count: 30), String(repeating: "語", count: 40), "[MASK]", "@", "z", "Q",
        ].map { Array($0.utf8) }
        return (0..<count).map { _ in
            var text: [UInt8] = []
            for _ in 0..<random.below(60) {
                text += parts[random.below(parts.count)]
                if random.below(9) == 0 { text += Array("w\(random.below(400))".utf8) }
                if random.below(40) == 0 { text.append(0x80 + UInt8(random.below(128))) }
                if random.below(3) > 0 { text.append([0x20, 0x0A, 0x09][random.below(3)]) }
            }
            return text
        }
    }

    /// What counting means: normalise each text whole, count its words.
    static func slow(_ texts: [[UInt8]], _ options: TokenizerOptions) -> [[UInt8]: UInt64] {
        var counts: [[UInt8]: UInt64] = [:]
        var normalizer = WordNormalizer(options)
        for text in texts {
            normalizer.normalize(text.span, 0..<text.count)
            var start = 0
            for end in normalizer.ends {
                counts[Array(normalizer.bytes[start..<end]), default: 0] += 1
                start = end
            }
        }
        return counts
    }

    static func count(
        _ texts: [[UInt8]], _ options: TokenizerOptions, jobs: Int, bytes: Int, learning: Int = 1 << 30,
        batch: Int = 7, folder: String? = nil
    ) throws -> CountedWords {
        let trainer = VocabularyTrainer(configuration: .init(options: options), scratch: folder)
        var rest = texts[...]
        return try trainer.count(
            jobs: jobs, countingBytes: bytes, learningBytes: learning,
            source: {
                defer { rest = rest.dropFirst(batch) }
                return rest.isEmpty ? nil : Array(rest.prefix(batch))
            }, texts: { $0 })
    }

    static func table(_ words: CountedWords) -> [[UInt8]: UInt64] {
        var table: [[UInt8]: UInt64] = [:]
        for index in 0..<words.count { table[Array(words.bytes[words.range(index)])] = words.counts[index] }
        #expect(table.count == words.count, "a word is there twice")
        return table
    }

    @Test(arguments: [TokenizerOptions.uncased, .cased])
    func `words are those of the normaliser, and their counts`(options: TokenizerOptions) throws {
        for seed in UInt64(1)...10 {
            let texts = Self.texts(seed: seed, count: 60)
            let words = try Self.count(texts, options, jobs: 2, bytes: 64 << 20)
            let slow = Self.slow(texts, options)
            #expect(Self.table(words) == slow, "seed \(seed)")
            #expect(words.distinct == slow.count && words.leftOut == 0 && words.spilledBytes == 0)
            #expect(words.extremes == slow.values.min()!...slow.values.max()!)
        }
    }

    @Test func `any number of threads and any memory give the same words in the same order`() throws {
        let folder = TemporaryDirectory()
        let texts = Self.texts(seed: 11, count: 900)
        let one = try Self.count(texts, .uncased, jobs: 1, bytes: 64 << 20)
        for (jobs, bytes) in [(1, 1), (1, 100_000), (2, 200_000), (3, 300_000), (5, 1), (4, 8 << 20)] {
            let words = try Self.count(
                texts, .uncased, jobs: jobs, bytes: bytes, batch: jobs * 3, folder: folder.path)
            #expect(words.bytes == one.bytes && words.ends == one.ends && words.counts == one.counts)
            #expect(words.distinct == one.distinct && words.extremes == one.extremes)
        }
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test func `a hundred runs in files are merged to the true counts`() throws {
        let folder = TemporaryDirectory()
        // 60,000 distinct words of all lengths and so little memory that every thread spills some dozen times.
        var random = Philox(seed: 5, purpose: Philox.purpose("spill"))
        var texts: [[UInt8]] = []
        var expected: [[UInt8]: UInt64] = [:]
        for _ in 0..<3_000 {
            var text: [UInt8] = []
            for _ in 0..<100 {
                let number = random.below(60_000)
                let word = Array(String(repeating: "p", count: number % 23).utf8) + Array("w\(number)".utf8)
                expected[word, default: 0] += 1
                text += word + [0x20]
            }
            texts.append(text)
        }
        let words = try Self.count(texts, .uncased, jobs: 2, bytes: 1, batch: 20, folder: folder.path)
        #expect(Self.table(words) == expected)
        #expect(words.spilledBytes > 2_000_000, "\(words.spilledBytes)")
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test func `words that cannot be learnt from are the rarest, whoever counted them`() throws {
        let folder = TemporaryDirectory()
        var random = Philox(seed: 6, purpose: Philox.purpose("select"))
        let texts = (0..<800).map { _ in
            Array(
                (0..<50).map { _ in "word\(min(random.below(5_000), random.below(5_000)))" }.joined(separator: " ").utf8
            )
        }
        let all = Self.table(try Self.count(texts, .uncased, jobs: 1, bytes: 64 << 20))
        let budget = 200_000
        let some = try Self.count(texts, .uncased, jobs: 1, bytes: 1, learning: budget, folder: folder.path)
        let kept = Self.table(some)
        #expect(some.leftOut == all.count - kept.count && some.leftOut > 0)
        #expect(kept.allSatisfy { all[$0.key] == $0.value })
        let left = all.filter { kept[$0.key] == nil }
        #expect(left.values.max()! <= kept.values.min()!)
        let cost = kept.keys.reduce(0) { $0 + CountedWords.cost($1.count) }
        #expect(cost <= budget && cost > budget * 9 / 10)
        for jobs in 2...4 {
            let other = try Self.count(
                texts, .uncased, jobs: jobs, bytes: jobs << 20, learning: budget, batch: jobs, folder: folder.path)
            #expect(Self.table(other) == kept)
        }
    }

    @Test func `a scratch folder that cannot be written is a failure`() throws {
        let texts = Self.texts(seed: 1, count: 300)
        let failure = #expect(throws: Failure.self) {
            _ = try Self.count(texts, .uncased, jobs: 1, bytes: 1, learning: 1_000, folder: "/nowhere")
        }
        #expect(failure?.code == .cannotCreate)
    }

    @Test func `leftovers of a killed run are removed, other files stay`() throws {
        let folder = TemporaryDirectory()
        try folder.write("", to: "vocab.txt-123-4.words.partial")
        try folder.write("x", to: "movie.partial")
        try folder.write("x", to: "vocab.txt")
        try VocabularyTrainer.removeLeftovers(scratch: folder.path, name: "vocab.txt")
        #expect(try Files.names(in: folder.path) == ["movie.partial", "vocab.txt"])
    }
}
