import CKernels
import Streaming
import Testing

@testable import Tokenize

@Suite struct SentenceMarkTests {
    /// Every place where an end mark or a list mark begins, by decoding.
    private func reference(_ text: [UInt8]) -> Set<Int> {
        var places: Set<Int> = []
        var position = 0
        while position < text.count {
            let (scalar, next) = UTF8Decoding.next(text.span, at: position, end: text.count)
            if SentenceCharacters.mark(scalar) != nil || SentenceCharacters.isBullet(scalar) { places.insert(position) }
            position = next
        }
        return places
    }

    private func found(_ text: [UInt8], _ range: Range<Int>) -> [Int] {
        var scan = SentenceMarkScan()
        var places: [Int] = []
        var position = range.lowerBound
        while true {
            position = scan.next(text, from: position, before: range.upperBound)
            if position == range.upperBound { return places }
            places.append(position)
            position += 1
        }
    }

    @Test func `every end mark of every script is found`() {
        for scalar in SentenceCharacters.marks + SentenceCharacters.bullets {
            var text = Array("ab ".utf8)
            UTF8Decoding.append(scalar, to: &text)
            text += Array(" cd".utf8)
            #expect(found(text, 0..<text.count).contains(3), "U+\(String(scalar, radix: 16))")
        }
    }

    @Test func `no mark is missed wherever it stands in a long text`() {
        var random = Philox(seed: 31, purpose: Philox.purpose("marks"))
        let parts = ["a", " ", ".", "é", "。", "।", "…", "word", "Ж", "؟", "\u{1F600}", "?", "•"].map { Array($0.utf8) }
        for length in [0, 1, 63, 64, 65, 66, 4095, 4096, 4097, 9000] {
            var text: [UInt8] = []
            while text.count < length { text += parts[random.below(parts.count)] }
            let places = Set(found(text, 0..<text.count))
            #expect(reference(text).isSubset(of: places))
        }
    }

    @Test func `all variants of the kernel agree`() {
        var random = Philox(seed: 32, purpose: Philox.purpose("marks"))
        var set = ck_mark_set()
        withUnsafeMutableBytes(of: &set) { bytes in
            for index in bytes.indices { bytes[index] = UInt8(random.below(256)) & UInt8(random.below(256)) }
        }
        for count in [1, 2, 30, 62, 63, 64, 65, 66, 127, 128, 190, 1000] {
            let text = (0..<count).map { _ in UInt8(random.below(256)) }
            for n in [count, max(1, count - 3)] {
                var results: [[UInt64]] = []
                for isa in [CK_PORTABLE, CK_AVX2, CK_AVX512] {
                    var bits = [UInt64](repeating: 7, count: (n + 63) / 64)
                    let ran = withUnsafePointer(to: set) { ck_find_marks_with(isa, $0, text, n, count, &bits) }
                    if ran != 0 { results.append(bits) }
                }
                #expect(results.allSatisfy { $0 == results[0] })
                #expect(results[0] == expected(set, text, n))
            }
        }
    }

    /// The definition in the header, one place at a time.
    private func expected(_ set: ck_mark_set, _ text: [UInt8], _ n: Int) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: (n + 63) / 64)
        withUnsafeBytes(of: set) { tables in
            for place in 0..<n {
                var buckets: UInt8 = 255
                for step in 0..<3 {
                    let byte = place + step < text.count ? Int(text[place + step]) : 0
                    buckets &= tables[step * 16 + byte & 15] & tables[48 + step * 16 + byte >> 4]
                }
                if buckets != 0 { bits[place / 64] |= 1 << UInt64(place % 64) }
            }
        }
        return bits
    }
}
