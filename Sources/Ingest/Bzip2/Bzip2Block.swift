internal import Streaming

/// A compressed block, cut out of its stream: all that is needed to decode it anywhere.
struct Bzip2Block: Sendable {
    /// Its bits from its mark on, beginning with a whole byte.
    var bytes: [UInt8]
    var bitCount: Int
    /// Where it begins in the file, in bits.
    var start: Int

    /// The most bits that 900,000 bytes can become, generously.
    static let maxBits = 8 * 1_500_000
    /// Decoded bytes above this are not kept whole: runs make 45 MB of a block.
    static let maxWholeBytes = 4 << 20

    /// The checksum that its header states.
    var checksum: UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(Bzip2Bits.read($0, at: Bzip2Mark.bitCount, count: 32) ?? 0) }
    }

    /// The block with the bits of the one behind it: for a mark that was none but compressed text.
    func joined(with next: Bzip2Block) -> Bzip2Block? {
        guard next.start == start + bitCount else { return nil }
        var joined = Bzip2BitWriter(bytes, bitCount: bitCount)
        joined.append(next.bytes, bitCount: next.bitCount)
        return Bzip2Block(bytes: joined.bytes, bitCount: joined.bitCount, start: start)
    }

    /// A stream of this block alone, as libbz2 wants it: header, block, end mark, and a checksum that agrees.
    var stream: [UInt8] {
        var writer = Bzip2BitWriter(Array("BZh9".utf8), bitCount: 32)
        writer.append(bytes, bitCount: bitCount)
        writer.append(Bzip2Mark.streamEnd.bits, bitCount: Bzip2Mark.bitCount)
        writer.append(UInt64(checksum), bitCount: 32)
        return writer.bytes
    }

    /// What became of a block.
    enum Decoded: Sendable {
        case bytes([UInt8])
        /// More than `maxWholeBytes`: to be decoded again, piece by piece.
        case large
        /// The library's complaint.
        case damaged(String)
    }

    /// Decodes the block and checks its checksum.
    func decode() throws(Failure) -> Decoded {
        let stream = stream
        let decoder = Bzip2Decoder()
        try decoder.begin()
        var output = [UInt8](repeating: 0, count: 1 << 20)
        var (taken, filled) = (0, 0)
        while true {
            if filled == output.count {
                guard filled < Bzip2Block.maxWholeBytes else { return .large }
                output += [UInt8](repeating: 0, count: output.count)
            }
            let step = decoder.decode(stream, from: taken, into: &output, from: filled)
            (taken, filled) = (taken + step.consumed, filled + step.produced)
            if let error = step.error { return .damaged(error) }
            if step.endsStream { break }
            if step.produced == 0, taken == stream.count { return .damaged("the block ends too early") }
        }
        output.removeLast(output.count - filled)
        return .bytes(output)
    }
}

/// Appends bits, the highest of each byte first.
struct Bzip2BitWriter {
    private(set) var bytes: [UInt8]
    private(set) var bitCount: Int

    /// - Parameter bytes: as many as `bitCount` needs; bits behind are zero.
    init(_ bytes: [UInt8], bitCount: Int) {
        self.bytes = bytes
        self.bitCount = bitCount
    }

    mutating func append(_ more: [UInt8], bitCount count: Int) {
        let shift = UInt16(bitCount & 7)
        if shift == 0 {
            bytes += more
        } else {
            var held = UInt16(bytes.removeLast()) << 8
            bytes.reserveCapacity(bytes.count + more.count + 16)
            for byte in more {
                held |= UInt16(byte) << (8 - shift)
                bytes.append(UInt8(held >> 8))
                held <<= 8
            }
            bytes.append(UInt8(held >> 8))
        }
        bitCount += count
        let needed = (bitCount + 7) >> 3
        if bytes.count > needed { bytes.removeLast(bytes.count - needed) }
    }

    /// The lowest `count` bits of `value`.
    mutating func append(_ value: UInt64, bitCount count: Int) {
        let placed = value << UInt64(64 - count)
        let all = (0..<8).map { UInt8(truncatingIfNeeded: placed >> UInt64(56 - 8 * $0)) }
        append(Array(all[..<((count + 7) >> 3)]), bitCount: count)
    }
}
