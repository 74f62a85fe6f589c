import Foundation
import Streaming
import TestSupport
import Testing

@testable import Ingest

/// MinHash and its bands against exact Jaccard similarities of made-up near-duplicates.
@Suite struct SelectionSimilarityTests {
    /// A text and a copy in which words were changed, and their exact similarity.
    struct Pair {
        let first: [UInt8]
        let second: [UInt8]
        let similarity: Double

        init(_ seed: UInt64, words count: Int, changes: Int) {
            let words = SelectionDuplicateTests.prose(seed, words: count)
            var numbers = SelectionIndexTests.Numbers(state: seed)
            var changed = words
            for _ in 0..<changes { changed[Int(numbers.next() % UInt64(count))] = "w\(numbers.next())" }
            first = Array(words.joined(separator: " ").utf8)
            second = Array(changed.joined(separator: " ").utf8)
            func passages(_ words: [String]) -> Set<[String]> {
                Set((0...words.count - MinHash.passageWords).map { Array(words[$0..<$0 + MinHash.passageWords]) })
            }
            let (one, two) = (passages(words), passages(changed))
            similarity = Double(one.intersection(two).count) / Double(one.union(two).count)
        }
    }

    private static func pairs(_ words: Int, _ count: Int) -> [Pair] {
        (0..<count).map { Pair(UInt64($0 + 1000 * words), words: words, changes: $0 * words / 8 / count) }
    }

    @Test(arguments: [(30, 0.06), (100, 0.045), (400, 0.04), (2000, 0.04)])
    func `signatures estimate the Jaccard similarity without bias`(words: Int, deviation: Double) {
        let errors = Self.pairs(words, 200).map { pair in
            let (first, second) = (MinHash.signature(of: pair.first), MinHash.signature(of: pair.second))
            let agreements = MinHash.agreements(first, second[...])
            return Double(agreements) / Double(MinHash.places) - pair.similarity
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let square = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
        // 128 independent places at 0.5 deviate by 0.044 at most.
        #expect(abs(mean) < 3 * deviation / Double(errors.count).squareRoot() + 0.005)
        #expect(square.squareRoot() < deviation)
    }

    @Test func `equal texts agree everywhere, strangers hardly anywhere, and short texts have signatures`() {
        let text = SelectionDuplicateTests.prose(1, words: 3).joined(separator: " ")
        let signature = MinHash.signature(of: Array(text.utf8))
        #expect(MinHash.agreements(signature, MinHash.signature(of: Array((text + " !").utf8))[...]) == 128)
        let stranger = SelectionDuplicateTests.prose(2, words: 300).joined(separator: " ")
        #expect(MinHash.agreements(signature, MinHash.signature(of: Array(stranger.utf8))[...]) < 4)
        #expect(MinHash.signature(of: Array(" … — ! ".utf8)).isEmpty)
    }

    @Test(arguments: [0.5, 0.7, 0.8, 0.9, 1.0])
    func `texts at the threshold meet with a probability of 0.94 or more`(threshold: Double) {
        let layout = BandLayout(threshold: threshold)
        #expect(layout.rows * layout.bands <= MinHash.places)
        #expect(layout.probability(threshold) >= 0.94)
        #expect(layout.probability(0.3) < layout.probability(0.6))
        #expect(layout.keys(of: MinHash.signature(of: Array("a b c d e f".utf8))).count == layout.bands)
    }

    @Test func `the default cuts 16 bands of 8 rows`() {
        let layout = BandLayout(threshold: NearDuplicateSelection().threshold)
        #expect((layout.rows, layout.bands) == (8, 16))
    }

    @Test func `near-duplicates are found and others are not`() throws {
        let directory = TemporaryDirectory()
        var configuration = IngestConfiguration()
        configuration.selection.nearDuplicates.deduplicate = true
        let parts = DocumentFingerprint.Parts(configuration)
        let known = try KnownDocuments(directory.path, parts, configuration.selection, knowsOwnTexts: false)
        let pairs = Self.pairs(300, 1200)
        for (number, pair) in pairs.enumerated() {
            try known.enter(DocumentFingerprint(of: pair.first, parts), id: Int64(number + 1))
        }
        var (close, closeFound, far, farFound) = (0, 0, 0, 0)
        for (number, pair) in pairs.enumerated() {
            let found = try known.nearTwin(of: DocumentFingerprint(of: pair.second, parts))
            if let found { #expect(found.0 == KnownDocuments.Name(corpus: 0, id: Int64(number + 1))) }
            if pair.similarity >= 0.88 { (close, closeFound) = (close + 1, closeFound + (found == nil ? 0 : 1)) }
            if pair.similarity <= 0.72 { (far, farFound) = (far + 1, farFound + (found == nil ? 0 : 1)) }
        }
        #expect(close > 80 && far > 80)
        // Two and a half deviations above the threshold, and as much below.
        #expect(Double(closeFound) >= 0.97 * Double(close), "recall \(closeFound) of \(close)")
        #expect(Double(farFound) <= 0.03 * Double(far), "false \(farFound) of \(far)")
    }
}
