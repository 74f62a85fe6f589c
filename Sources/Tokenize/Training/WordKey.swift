/// A word as the counting tables hold it: up to sixteen bytes in two numbers, a longer one by its address.
///
/// Zeros fill what is free, so equal words have equal numbers.
struct WordKey {
    /// Longest word that is its own key.
    static let inlineBytes = 16

    /// Bytes 0 to 7, the first one lowest; of a longer word the address.
    var first: UInt64
    /// Bytes 8 to 15; of a longer word the hash.
    var second: UInt64
    /// Bytes.
    var length: Int

    /// The key of bytes that stay where they are.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        self.length = length
        if length > WordKey.inlineBytes {
            first = UInt64(UInt(bitPattern: bytes))
            second = WordKey.hash(bytes, length)
        } else if length > 8 {
            first = WordKey.word(bytes, 8)
            second = WordKey.word(bytes + 8, length - 8)
        } else {
            first = WordKey.word(bytes, length)
            second = 0
        }
    }

    /// The key of up to sixteen bytes.
    @inline(__always)
    init(first: UInt64, second: UInt64, length: Int) {
        (self.first, self.second, self.length) = (first, second, length)
    }

    /// A number that tells words apart almost always; the same on every machine.
    @inline(__always)
    var hash: UInt64 {
        guard length <= WordKey.inlineBytes else { return second }
        return WordKey.mix(
            WordKey.mix(first ^ WordKey.seeds.0, second ^ WordKey.seeds.1) ^ UInt64(length), WordKey.seeds.2)
    }

    /// The hash of any bytes, equal to that of their key.
    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        guard length > inlineBytes else { return WordKey(bytes, length).hash }
        var state = UInt64(length) &* seeds.2
        var offset = 0
        while offset < length {
            state = mix(state ^ word(bytes + offset, min(8, length - offset)) ^ seeds.0, seeds.1)
            offset += 8
        }
        return mix(state ^ seeds.2, seeds.0)
    }

    /// Up to eight bytes as a number, zeros above.
    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        if count >= 8 { return UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[index]) << UInt64(index &* 8) }
        return value
    }

    private static let seeds: (UInt64, UInt64, UInt64) =
        (0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F)

    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
