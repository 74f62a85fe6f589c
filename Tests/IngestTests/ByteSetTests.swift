import CKernels
import Foundation
import Streaming
import Testing

@testable import Ingest

@Suite struct ByteSetTests {
    private static let members: [UInt8] = [0x0A, 0x20, 0x5B, 0x7F, 0x80, 0xC2, 0xFF]

    /// Text with a few bytes of the set in it, at any place and in any number.
    private func text(_ draws: inout Philox) -> [UInt8] {
        let rarity = 2 + draws.below(60)
        return (0..<draws.below(300)).map { _ in
            draws.below(rarity) > 0 ? 0x61 : draws.below(3) > 0 ? 0x20 : UInt8(draws.below(256))
        }
    }

    private func tables(_ bytes: [UInt8]) -> ck_byte_set {
        var tables = ck_byte_set()
        for byte in bytes {
            withUnsafeMutableBytes(of: &tables.low) { $0[Int(byte >> 7) * 16 + Int(byte & 15)] |= 1 << (byte >> 4 & 7) }
        }
        return tables
    }

    @Test func `the first member is found from any start to any end`() {
        var draws = Philox(seed: 5, purpose: Philox.purpose("byte set"))
        let set = ByteSet { Self.members.contains($0) }
        for _ in 0..<2000 {
            let text = text(&draws)
            let start = draws.below(text.count + 1)
            let end = start + draws.below(text.count - start + 1)
            let expected = text[start..<end].firstIndex { Self.members.contains($0) } ?? end
            #expect(set.first(in: text.span, from: start, to: end) == expected)
        }
    }

    @Test func `single blanks between other bytes are passed over`() {
        var draws = Philox(seed: 6, purpose: Philox.purpose("byte set"))
        let set = ByteSet { Self.members.contains($0) }
        for _ in 0..<2000 {
            let text = text(&draws)
            let expected = text.indices.first { place in
                guard Self.members.contains(text[place]) else { return false }
                let isSingle =
                    text[place] == 0x20 && place > 0 && place + 1 < text.count
                    && !Self.members.contains(text[place - 1]) && !Self.members.contains(text[place + 1])
                return !isSingle
            }
            #expect(set.firstButSingleBlanks(in: text.span, from: 0, to: text.count) == expected ?? text.count)
        }
    }

    @Test(arguments: [CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_BF16])
    func `every instruction set finds the same`(isa: ck_isa) {
        var draws = Philox(seed: 7, purpose: Philox.purpose("byte set"))
        let tables = tables(Self.members)
        for _ in 0..<2000 {
            let text = text(&draws)
            let found = withUnsafePointer(to: tables) { ck_skip_with(isa, $0, text + [0], text.count) }
            let words = withUnsafePointer(to: tables) { ck_skip_words_with(isa, $0, text + [0], text.count) }
            // -1: this CPU has it not.
            guard found >= 0 else { return #expect(ck_table(isa) == nil || words < 0) }
            #expect(found == withUnsafePointer(to: tables) { ck_skip_with(CK_PORTABLE, $0, text + [0], text.count) })
            #expect(
                words == withUnsafePointer(to: tables) { ck_skip_words_with(CK_PORTABLE, $0, text + [0], text.count) })
        }
    }

    @Test func `swapping is what the standard library's replacing is`() {
        let texts = ["", "a", ",", "1,234,5", "−5", "a//b//", "////", "no such", "&minus;3", "é,é"]
        for text in texts {
            for (old, new) in [(",", ""), ("//", "/"), ("−", "-"), ("/", "⁄"), ("&minus;", "-"), ("é", "e")] {
                #expect(text.swapping(old, for: new) == text.replacing(old, with: new))
            }
        }
    }

    @Test func `numbers with a fixed number of digits read as printf writes them`() {
        let numbers = [0, 0.001, 0.5, 1, 9.995, 12.345, 99.999, 1234.5678, 1e6 + 0.25, 123_456_789.125, 9.9e14]
        for number in numbers + numbers.map({ -$0 }) {
            for digits in 0..<6 {
                // Where rounding has nothing to decide.
                guard (number * pow(10, Double(digits))).truncatingRemainder(dividingBy: 1) == 0 else { continue }
                let expected = String(format: "%.\(digits)f", number == 0 ? 0 : number).swapping("-", for: "−")
                #expect(Conversion.fixed(number, digits, grouped: false) == expected)
            }
        }
        #expect(Conversion.fixed(0.05, 2, grouped: true) == "0.05")
        #expect(Conversion.fixed(-1234.5, 1, grouped: true) == "−1,234.5")
        #expect(Conversion.fixed(1250, -2, grouped: true) == "1,300")
        #expect(Conversion.fixed(1e14, 6, grouped: false) == "100000000000000.000000")
    }
}
