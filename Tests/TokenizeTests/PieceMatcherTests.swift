import Streaming
import Testing

@testable import Tokenize

@Suite struct PieceMatcherTests {
    /// The pieces of a word by the definition.
    static func pieces(_ word: [UInt8], _ ids: [[UInt8]: UInt32]) -> [UInt32] {
        var (result, start): ([UInt32], Int) = ([], 0)
        while start < word.count {
            let prefix = start > 0 ? Array("##".utf8) : []
            guard let end = (start + 1...word.count).last(where: { ids[prefix + word[start..<$0]] != nil }) else {
                return []
            }
            result.append(ids[prefix + word[start..<end]] ?? 0)
            start = end
        }
        return result
    }

    static func match(_ word: [UInt8], _ matcher: PieceMatcher, greedily: Bool = false) -> [UInt32] {
        var ids = [UInt32](repeating: 0, count: word.count)
        let count = word.withUnsafeBufferPointer { word in
            ids.withUnsafeMutableBufferPointer { ids in
                greedily
                    ? matcher.matchGreedily(word, into: ids.baseAddress!) : matcher.match(word, into: ids.baseAddress!)
            }
        }
        return Array(ids[0..<count])
    }

    @Test func `matching in linear time gives the longest pieces for any vocabulary`() throws {
        let seed: UInt64 = 2_021
        var random = Philox(seed: seed, purpose: Philox.purpose("pieces"))
        var cut = 0
        for _ in 0..<400 {
            // Few letters, so that pieces are beginnings, ends and repetitions of one another.
            let letters = Array("abc".utf8.prefix(1 + random.below(3)))
            var trie = PieceTrie()
            var ids: [[UInt8]: UInt32] = [:]
            for _ in 0..<1 + random.below(30) {
                let body = (0..<1 + random.below(7)).map { _ in letters[random.below(letters.count)] }
                let piece = (random.below(2) == 0 ? Array("##".utf8) : []) + body
                if trie.insert(piece.span, id: Int32(ids.count)) { ids[piece] = UInt32(ids.count) }
            }
            let unmatched = Set(random.below(3) == 0 ? [Int32(random.below(ids.count))] : [])
            let continuation = trie.addPath(Array("##".utf8).span)
            let linear = PieceMatcher(trie, continuation: continuation, unmatched: unmatched)
            let limited = PieceMatcher(trie, continuation: continuation, unmatched: unmatched, mostPops: 3)
            let known = ids.filter { !unmatched.contains(Int32($0.value)) }
            for _ in 0..<60 {
                let word = (0..<1 + random.below(14)).map { _ in letters[random.below(letters.count)] }
                let expected = Self.pieces(word, known)
                #expect(Self.match(word, linear) == expected, "seed \(seed)")
                #expect(Self.match(word, linear, greedily: true) == expected, "seed \(seed)")
                #expect(Self.match(word, limited) == expected, "seed \(seed)")
                if expected.count > 1 { cut += 1 }
            }
        }
        #expect(cut > 1_000)
    }

    @Test func `the example of the paper`() throws {
        let names = ["a", "abcdx", "##b", "##c", "##cdy", "##dz"]
        let vocabulary = try Vocabulary(pieces: Vocabulary.specialPieces + names)
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
        let pieces = { (text: String) in tokenizer.encode(text).map { vocabulary.piece($0) } }
        #expect(pieces("abcdz") == ["a", "##b", "##c", "##dz"])
        #expect(pieces("abcdx") == ["abcdx"])
        #expect(pieces("abcd") == ["[UNK]"])
        #expect(pieces("abcz") == ["[UNK]"])
    }
}
