import Foundation
import Streaming
import Testing

@testable import Tokenize

@Suite struct WordPiecePropertyTests {
    /// Scalars whose properties have not changed since the version of Unicode the reference goes by.
    static let settled: [Unicode.Scalar] = (0..<0x110000).compactMap { (value: UInt32) -> Unicode.Scalar? in
        guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major < 8 else { return nil }
        return changed.contains(value) || scalar.properties.generalCategory == .surrogate ? nil : scalar
    }

    /// Category or lower case changed after Unicode 8: Georgian capitals' small letters, a few marks and signs.
    static let changed: Set<UInt32> = [0x166D, 0x1734]

    static func text(_ random: inout Philox) -> String {
        var text = String.UnicodeScalarView()
        let centre = random.below(settled.count)
        for _ in 0..<random.below(24) {
            switch random.below(6) {
            case 0: text.append(Unicode.Scalar(UInt8(32 + random.below(95))))
            case 1: text.append(settled[random.below(settled.count)])
            case 2: text.append(Unicode.Scalar(UInt32(0x300 + random.below(0x34))).unsafelyUnwrapped)
            case 3: text.append(["\u{302E}", "\u{302F}", "\u{1D165}", "\u{1D16D}", "\u{0301}"][random.below(5)])
            default: text.append(settled[min(settled.count - 1, centre + random.below(300))])
            }
        }
        return String(text)
    }

    @Test(arguments: [
        TokenizerOptions.uncased, .cased, TokenizerOptions(lowercase: true, stripAccents: false),
        TokenizerOptions(lowercase: false, stripAccents: true, splitChinese: false),
    ])
    func `random texts get the ids of a slow tokeniser written apart`(options: TokenizerOptions) throws {
        let seed: UInt64 = 8_128
        var random = Philox(seed: seed, purpose: Philox.purpose("texts"))
        let texts = (0..<3_000).map { _ in Self.text(&random) }
        // A vocabulary in which every character of the texts is a piece, so that any difference shows.
        let decomposed = texts.flatMap { Array($0.decomposedStringWithCanonicalMapping.unicodeScalars) }
        let characters = (texts.flatMap { Array($0.unicodeScalars) } + decomposed).flatMap {
            [$0] + Array($0.properties.lowercaseMapping.unicodeScalars)
        }
        let usable = Set(characters).filter { $0 != "\n" && $0 != "\r" }.sorted().map { String($0) }
        let vocabulary = try Vocabulary(pieces: Vocabulary.specialPieces + usable + usable.map { "##" + $0 })
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: options)
        let (encoder, reference) = (tokenizer.makeEncoder(), ReferenceTokenizer(tokenizer))
        for text in texts {
            let codes = text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
            #expect(encoder.ids(text) == reference.encode(text), "seed \(seed): \(codes)")
        }
    }

    @Test func `texts joined by a space get the ids of each in turn`() throws {
        let encoder = try TokenizeFixtures.tokenizer(cased: false).makeEncoder()
        let seed: UInt64 = 99
        var random = Philox(seed: seed, purpose: Philox.purpose("texts"))
        for _ in 0..<2_000 {
            let (a, b) = (Self.text(&random), Self.text(&random))
            for glue in [" ", "\t", "\u{3000}", "\u{2028}"] {
                #expect(encoder.ids(a + glue + b) == encoder.ids(a) + encoder.ids(b), "seed \(seed)")
            }
        }
    }

    @Test func `a full cache changes nothing`() throws {
        let tokenizer = try TokenizeFixtures.tokenizer(cased: false)
        let (used, seed) = (tokenizer.makeEncoder(), UInt64(5))
        var random = Philox(seed: seed, purpose: Philox.purpose("words"))
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        // Three times as many different words as the cache holds, some of them met again later.
        let words = (0..<100_000).map { _ in (0..<3 + random.below(9)).map { _ in letters[random.below(26)] } }
        for word in words { _ = used.ids(word) }
        let fresh = tokenizer.makeEncoder()
        for word in words.suffix(500) + words.prefix(500) { #expect(used.ids(word) == fresh.ids(word), "seed \(seed)") }
    }
}
