/// Little-endian integers in byte arrays.
extension [UInt8] {
    mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// The integer at `offset`; the caller has checked that it lies within.
    func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count, "a read beyond its buffer")
        return withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    /// The token id of `width` bytes (2 or 4) at `offset`.
    func token(at offset: Int, width: Int) -> Int32 {
        width == 2
            ? Int32(integer(UInt16.self, at: offset)) : Int32(truncatingIfNeeded: integer(UInt32.self, at: offset))
    }

    mutating func append(token: Int32, width: Int) {
        if width == 2 {
            append(littleEndian: UInt16(truncatingIfNeeded: token))
        } else {
            append(littleEndian: UInt32(bitPattern: token))
        }
    }
}

/// How token ids are stored.
enum TokenWidth {
    /// Bytes of a token id: 2 when every id fits.
    static func bytes(vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }
}
