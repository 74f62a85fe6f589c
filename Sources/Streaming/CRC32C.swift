/// CRC-32C (Castagnoli), eight bytes at a time through eight tables (Kounavis and Berry 2005).
public enum CRC32C {
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = (value >> 1) ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
            tables.append(value)
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append((before >> 8) ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()

    /// The checksum of some bytes.
    public static func of(_ bytes: [UInt8]) -> UInt32 { update(0, bytes) }

    /// The checksum of `bytes[range]`.
    public static func of(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { update(0, UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The checksum of what had the checksum `checksum`, followed by `bytes`.
    public static func update(_ checksum: UInt32, _ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { update(checksum, $0) }
    }

    private static func update(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var value = ~checksum
        tables.withUnsafeBufferPointer { tables in
            let whole = bytes.count & ~7
            for index in stride(from: 0, to: whole, by: 8) {
                value = eight(value, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self), tables)
            }
            for index in whole..<bytes.count {
                value = (value >> 8) ^ tables[Int(UInt8(truncatingIfNeeded: value) ^ bytes[index])]
            }
        }
        return ~value
    }

    /// The checksum as TFRecord frames have it, rotated and moved by a constant, so that data that holds checksums has
    /// strong ones too.
    public static func masked(_ checksum: UInt32) -> UInt32 { (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8 }

    @inline(__always)
    private static func eight(_ value: UInt32, _ bytes: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        var rest = UInt64(littleEndian: bytes) ^ UInt64(value)
        var next: UInt32 = 0
        for table in 0..<8 {
            next ^= tables[(7 - table) * 256 + Int(rest & 0xFF)]
            rest >>= 8
        }
        return next
    }
}
