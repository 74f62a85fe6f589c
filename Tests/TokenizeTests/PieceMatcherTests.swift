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

    static func tree(_ pieces: [[UInt8]], _ unmatched: Set<Int32>) -> PieceTree {
        // The node of `##` has to be there; its piece, which no word can have, changes nothing.
        let all = pieces + [Array("##".utf8)]
        var starts = [0]
        for piece in all { starts.append(starts[starts.count - 1] + piece.count) }
        let rows = (0..<UInt32(all.count)).filter { !unmatched.contains(Int32($0)) }
        return PieceTree(bytes: Array(all.joined()), starts: starts, rows: rows)
    }

    @Test func `matching in linear time gives the longest pieces for any vocabulary`() throws {
        let seed: UInt64 = 2_021
        var random = Philox(seed: seed, purpose: Philox.purpose("pieces"))
        var cut = 0
        for _ in 0..<400 {
            // Few letters, so that pieces are beginnings, ends and repetitions of one another.
            let letters = Array("abc".utf8.prefix(1 + random.below(3)))
            var ids: [[UInt8]: UInt32] = [:]
            var pieces: [[UInt8]] = []
            for _ in 0..<1 + random.below(30) {
                let body = (0..<1 + random.below(7)).map { _ in letters[random.below(letters.count)] }
                let piece = (random.below(2) == 0 ? Array("##".utf8) : []) + body
                if ids[piece] != nil { continue }
                ids[piece] = UInt32(pieces.count)
                pieces.append(piece)
            }
            let unmatched = Set(random.below(3) == 0 ? [Int32(random.below(ids.count))] : [])
            let tree = Self.tree(pieces, unmatched)
            let (linear, limited) = (PieceMatcher(tree), PieceMatcher(tree, mostPops: 3))
            for (piece, id) in ids { #expect(linear.id(of: piece) == (unmatched.contains(Int32(id)) ? -1 : Int32(id))) }
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

    @Test func `every piece of a large vocabulary is found, and no other`() throws {
        let seed: UInt64 = 4
        var random = Philox(seed: seed, purpose: Philox.purpose("tree"))
        var pieces: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        while pieces.count < 20_000 {
            let piece = (0..<1 + random.below(9)).map { _ in
                UInt8(truncatingIfNeeded: random.below(1 + random.below(256)))
            }
            if known.insert(piece).inserted { pieces.append(piece) }
        }
        let matcher = PieceMatcher(Self.tree(pieces, []))
        for (id, piece) in pieces.enumerated() {
            #expect(matcher.id(of: piece) == Int32(id), "seed \(seed)")
            var other = piece
            other[other.count - 1] ^= 1
            if !known.contains(other) { #expect(matcher.id(of: other) == -1) }
            if !known.contains(piece + [0]) { #expect(matcher.id(of: piece + [0]) == -1) }
        }
        #expect(matcher.id(of: [UInt8]()) == -1)
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
