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

    /// Appends a column of integers as byte planes: the lowest byte of all, then the next one of all, and so on.
    mutating func append<Value: FixedWidthInteger & UnsignedInteger>(planes column: [Value]) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            for value in column { append(UInt8(truncatingIfNeeded: value >> Value(shift))) }
        }
    }

    /// The inverse: `count` integers whose planes begin at `offset`; the caller has checked that they lie within.
    func planes<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, at offset: Int, count: Int
    ) -> [Value] {
        let width = MemoryLayout<Value>.size
        precondition(offset >= 0 && count >= 0 && offset + width * count <= self.count, "a read beyond its buffer")
        var column = [Value](repeating: 0, count: count)
        withUnsafeBytes { bytes in
            for plane in 0..<width {
                let start = offset + plane * count
                for index in 0..<count { column[index] |= Value(bytes[start + index]) << Value(8 * plane) }
            }
        }
        return column
    }
}

/// How token ids are stored.
enum TokenWidth {
    /// Bytes of a token id: 2 when every id fits.
    static func bytes(vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }
}

/// The name of a document over several corpora.
enum DocumentKey {
    /// Documents of a corpus at most, and the step from one corpus to the next.
    static let step: Int64 = 1 << 40
    /// Corpora of a set at most.
    static let corpora = 1 << 20

    static func key(corpus: Int, document: Int64) -> Int64 { Int64(corpus) * step + document }
    static func corpus(_ key: Int64) -> Int { Int(key / step) }
    static func document(_ key: Int64) -> Int64 { key % step }
    /// Whether a key can be true.
    static func isValid(_ key: Int64) -> Bool {
        key > 0 && document(key) > 0 && corpus(key) < corpora
    }
}
