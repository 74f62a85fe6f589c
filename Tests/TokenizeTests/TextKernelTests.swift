import CKernels
import Foundation
import Streaming
import TestSupport
import Testing

@testable import Tokenize

/// The kernels of the encoder, of every instruction set this CPU has.
@Suite struct TextKernelTests {
    static var tables: [UnsafePointer<ck_text_kernels>] {
        [CK_PORTABLE, CK_AVX2, CK_AVX512].compactMap { ck_text_table($0) }
    }

    struct Token: Equatable {
        var bytes: [UInt8]
        var isWide: Bool
    }

    /// Tokens cut byte by byte.
    static func cut(_ text: [UInt8], lowercase: Bool, lines: Bool) -> [Token] {
        var tokens: [Token] = []
        var isOpen = false
        for byte in text {
            let isSpace = [9, 10, 13, 32].contains(byte)
            if byte < 128 && ispunct(Int32(byte)) != 0 || lines && byte == 10 {
                tokens.append(Token(bytes: [byte], isWide: false))
                isOpen = false
            } else if isSpace {
                isOpen = false
            } else {
                if !isOpen { tokens.append(Token(bytes: [], isWide: false)) }
                let small = lowercase && (65...90).contains(byte) ? byte + 32 : byte
                tokens[tokens.count - 1].bytes.append(small)
                if byte >= 0xE2 { tokens[tokens.count - 1].isWide = true }
                isOpen = true
            }
        }
        return tokens
    }

    static func text(_ random: inout Philox, _ count: Int) -> [UInt8] {
        let kinds: [[UInt8]] = [
            Array("abcxyzABCXYZ019".utf8), Array(" \t\n\r".utf8), Array("!/:@[`{~_-.".utf8), [0, 1, 0x7F, 0x80, 0xC3],
            [0xE2, 0xE3, 0xEF, 0xF0, 0xFF], (0...255).map { UInt8($0) },
        ]
        var weights = (0..<kinds.count).map { _ in 1 + random.below(20) }
        weights[0] += random.below(200)
        let total = weights.reduce(0, +)
        return (0..<count).map { _ in
            var draw = random.below(total)
            var kind = 0
            while draw >= weights[kind] {
                draw -= weights[kind]
                kind += 1
            }
            return kinds[kind][random.below(kinds[kind].count)]
        }
    }

    @Test func `any bytes are cut as one by one`() {
        let seed: UInt64 = 31
        var random = Philox(seed: seed, purpose: Philox.purpose("cut"))
        let tables = Self.tables
        for round in 0..<600 {
            let length = round < 300 ? random.below(300) : random.below(CK_CHUNK + 1)
            let text = Self.text(&random, length)
            for (lowercase, lines) in [(false, false), (true, false), (true, true), (false, true)] {
                let expected = Self.cut(text, lowercase: lowercase, lines: lines)
                for table in tables {
                    var chunk = TextChunk()
                    table.pointee.cut(text, text.count, lowercase, lines, &chunk.cut)
                    let tokens = (0..<chunk.cut.count).map { index in
                        let (bytes, isWide) = chunk.token(index)
                        return Token(bytes: Array(bytes), isWide: isWide)
                    }
                    #expect(tokens == expected, "seed \(seed), isa \(table.pointee.isa)")
                    let reachesEnd = text.last.map { !Self.cut([$0], lowercase: false, lines: lines).isEmpty } ?? false
                    #expect(chunk.cut.open == reachesEnd)
                }
            }
        }
    }

    @Test func `what is remembered is found by every instruction set, and nothing else`() {
        var cache = WordCache()
        var random = Philox(seed: 8, purpose: Philox.purpose("cache"))
        var known: [[UInt8]: [UInt32]] = [:]
        for length in 1...CK_RUN_BYTES {
            for count in 0...40 {
                let token = (0..<length).map { _ in UInt8(1 + random.below(255)) }
                let ids = (0..<count).map { _ in random.next32() }
                guard known[token] == nil else { continue }
                known[token] = ids
                // An empty array has no address, an empty buffer of one element has.
                (ids + [0]).withUnsafeBufferPointer { ids in
                    token.withUnsafeBufferPointer { cache.remember($0, UnsafeBufferPointer(rebasing: ids[0..<count])) }
                }
            }
        }
        var found = 0
        for table in Self.tables {
            for (token, ids) in known {
                var room = [UInt32](repeating: 0, count: 64 + CK_OUTPUT_PADDING)
                let count = withUnsafePointer(to: cache.tables) {
                    table.pointee.find(token, token.count, $0, &room, 64)
                }
                if count >= 0 {
                    #expect(Array(room[0..<count]) == ids)
                    found += 1
                }
                var other = token
                other[other.count - 1] ^= 0x55
                if known[other] == nil, other.last != 0 {
                    let count = withUnsafePointer(to: cache.tables) {
                        table.pointee.find(other, other.count, $0, &room, 64)
                    }
                    #expect(count == -1)
                }
            }
        }
        // Some are forgotten for others, the most are there.
        #expect(found > known.count * Self.tables.count * 9 / 10)
    }

    @Test(arguments: [false, true])
    func `every instruction set gives the golden ids`(cased: Bool) throws {
        let tokenizer = try TokenizeFixtures.tokenizer(cased: cased, specials: true)
        let rows = try TokenizeFixtures.rows(
            TokenizeFixtures.path("wordpiece.jsonl"), as: WordPieceTests.GoldenRow.self)
        #expect(!Self.tables.isEmpty)
        for table in Self.tables {
            let encoder = WordPieceEncoder(tokenizer, kernels: table)
            for row in rows { #expect(encoder.ids(row.text) == (cased ? row.cased : row.uncased)) }
        }
    }

    @Test func `ids become lines of numbers or pieces`() throws {
        let long = String(repeating: "x", count: 40)
        let pieces = Vocabulary.specialPieces + ["a", "fourteenletter", "fifteenletters_", "##" + long, long]
        let vocabulary = try Vocabulary(pieces: pieces + (0..<2_000).map { "w\($0)" })
        let seed: UInt64 = 77
        var random = Philox(seed: seed, purpose: Philox.purpose("format"))
        for _ in 0..<300 {
            let ids = (0..<random.below(9_000)).map { _ in
                let draw = random.below(60)
                return draw == 0
                    ? WordPieceEncoder.lineEnd : draw < 20 ? UInt32(random.below(10)) : UInt32(random.below(2_000))
            }
            for style in [LineFormatter.Style.ids, .pieces] {
                var output: [UInt8] = []
                LineFormatter(vocabulary, style: style).append(ids + [WordPieceEncoder.lineEnd], to: &output)
                let lines = ids.split(separator: WordPieceEncoder.lineEnd, omittingEmptySubsequences: false)
                let expected = lines.map { line in
                    line.map { style == .ids ? String($0) : vocabulary.piece(Int32($0)) }.joined(separator: " ") + "\n"
                }
                #expect(output == Array(expected.joined().utf8), "seed \(seed)")
            }
        }
    }
}
