/// The 48-bit marks of bzip2, which stand at any bit: a block's beginning and a stream's end.
///
/// There is no specification but the program; the marks are the digits of pi and of its square root.
enum Bzip2Mark: CaseIterable {
    case block, streamEnd

    var bits: UInt64 {
        switch self {
        case .block: 0x3141_5926_5359
        case .streamEnd: 0x1772_4538_5090
        }
    }

    static let bitCount = 48
}

/// Finds marks at any bit of a buffer.
struct Bzip2MarkSearch {
    /// At which of 8 shifts of which mark a value of the second and the third byte can stand: bit 8 x mark + shift.
    private let second: [UInt16]
    private let third: [UInt16]

    init() {
        (second, third) = (Bzip2MarkSearch.table(byte: 1), Bzip2MarkSearch.table(byte: 2))
    }

    private static func table(byte: Int) -> [UInt16] {
        var table = [UInt16](repeating: 0, count: 256)
        for (index, mark) in Bzip2Mark.allCases.enumerated() {
            for shift in 0..<8 {
                // A mark that begins `shift` bits into byte 0 fills bytes 1 to 5 whole.
                let placed = mark.bits << UInt64(64 - Bzip2Mark.bitCount - shift)
                table[Int(placed >> UInt64(56 - 8 * byte) & 0xFF)] |= 1 << UInt16(8 * index + shift)
            }
        }
        return table
    }

    /// The first mark that begins at bit `start` of `bytes` or later and lies in them whole.
    func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (bit: Int, mark: Bzip2Mark)? {
        second.withUnsafeBufferPointer { second in
            third.withUnsafeBufferPointer { third in
                var at = start >> 3
                while at + 6 <= bytes.count {
                    let candidates = second[Int(bytes[at + 1])] & third[Int(bytes[at + 2])]
                    if candidates != 0, let found = check(candidates, bytes, at, from: start) { return found }
                    at += 1
                }
                return nil
            }
        }
    }

    private func check(
        _ candidates: UInt16, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, from start: Int
    ) -> (bit: Int, mark: Bzip2Mark)? {
        for shift in 0..<8 where 8 * at + shift >= start {
            for (index, mark) in Bzip2Mark.allCases.enumerated()
            where candidates & 1 << UInt16(8 * index + shift) != 0
                && Bzip2Bits.read(bytes, at: 8 * at + shift, count: Bzip2Mark.bitCount) == mark.bits
            {
                return (8 * at + shift, mark)
            }
        }
        return nil
    }
}

/// Bits of a buffer, the highest of each byte first.
enum Bzip2Bits {
    /// At most 56 bits; nil when the buffer ends before them.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, at bit: Int, count: Int) -> UInt64? {
        guard bit + count <= 8 * bytes.count else { return nil }
        var value: UInt64 = 0
        let last = (bit + count + 7) >> 3
        for index in (bit >> 3)..<last { value = value << 8 | UInt64(bytes[index]) }
        // Of nine bytes the first is shifted out, which costs nothing: 56 bits and a shift of 7 fill eight.
        return value >> UInt64(8 * last - bit - count) & (1 << UInt64(count) - 1)
    }

    /// The bits `range` of `bytes`, moved to begin with a whole byte; what follows in the last byte is zero.
    static func aligned(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [UInt8] {
        let (first, shift) = (range.lowerBound >> 3, range.lowerBound & 7)
        let count = (range.count + 7) >> 3
        return [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            for index in 0..<count {
                let low = first + index
                let high = low + 1 < bytes.count ? UInt16(bytes[low + 1]) : 0
                output[index] = UInt8(truncatingIfNeeded: (UInt16(bytes[low]) << 8 | high) >> UInt16(8 - shift))
            }
            if range.count & 7 != 0 { output[count - 1] &= 0xFF << UInt8(8 - range.count & 7) }
            initialized = count
        }
    }
}
