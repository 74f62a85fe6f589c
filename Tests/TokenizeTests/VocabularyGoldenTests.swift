import Foundation
import Streaming
import Testing

@testable import Tokenize

/// Pieces that the references learn; Tests/golden/make_vocabulary_golden.py says how they were made.
@Suite struct VocabularyGoldenTests {
    struct Case: Decodable, CustomStringConvertible {
        let algorithm: String
        let words: [String: UInt64]
        let size: Int
        let minimum: Int
        let alphabet: Int
        let pieces: [String]

        var description: String { "\(algorithm), \(words.count) words, size \(size)" }
    }

    struct Golden: Decodable {
        let cases: [Case]
    }

    static let cases: [Case] = {
        let bytes = try? Files.read(TokenizeFixtures.path("vocabulary_golden.json"))
        return (try? JSONDecoder().decode(Golden.self, from: Data(bytes ?? [])).cases) ?? []
    }()

    static func learn(_ words: [String: UInt64], _ configuration: VocabularyTrainer.Configuration) throws -> [String] {
        var counted = CountedWords()
        for (word, count) in words {
            Array(word.utf8).withUnsafeBufferPointer { counted.append($0, count: count) }
            counted.note(count)
        }
        return try VocabularyLearner(configuration).learn(&counted).pieces
    }

    @Test func `both references are there`() {
        #expect(Self.cases.count { $0.algorithm == "frequency" } == 5)
        #expect(Self.cases.count { $0.algorithm == "topdown" } == 5)
    }

    @Test(arguments: cases)
    func `counted words give the pieces of the reference, in its order`(golden: Case) throws {
        var configuration = VocabularyTrainer.Configuration(
            size: golden.size, options: .cased, minimumFrequency: golden.minimum, alphabetLimit: golden.alphabet)
        configuration.algorithm = try #require(VocabularyAlgorithm(rawValue: golden.algorithm))
        let pieces = try Self.learn(golden.words, configuration)
        // Compared as bytes: for String, é and e + accent are one.
        let same = pieces.map { Array($0.utf8) } == golden.pieces.map { Array($0.utf8) }
        let first = zip(pieces, golden.pieces).first { $0 != $1 }
        #expect(
            same, "\(pieces.count) pieces for \(golden.pieces.count), first difference \(String(describing: first))")
    }

    @Test func `the order of words and a hundredfold of all counts change nothing`() throws {
        let golden = try #require(Self.cases.first { $0.algorithm == "frequency" })
        var configuration = VocabularyTrainer.Configuration(size: golden.size, options: .cased, minimumFrequency: 200)
        configuration.alphabetLimit = golden.alphabet
        #expect(try Self.learn(golden.words.mapValues { $0 * 100 }, configuration) == golden.pieces)
    }
}
