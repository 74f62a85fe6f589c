/// Eight bytes of text as one number, asked about all at once.
enum AsciiWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The top bit of every byte that is no ASCII letter and no digit.
    @inline(__always)
    static func others(_ text: UInt64) -> UInt64 {
        // Below 128 in every byte, so that no sum carries into the next one.
        let low = text & ~tops
        let folded = low | ones &* 0x20
        let letters = (folded &+ ones &* 0x1F) & ~(folded &+ ones &* 0x05)
        let digits = (low &+ ones &* 0x50) & ~(low &+ ones &* 0x46)
        return (~(letters | digits) | text) & tops
    }

    /// The letters among letters and digits made small.
    @inline(__always)
    static func lowercased(_ text: UInt64) -> UInt64 {
        let capitals = (text &+ ones &* 0x3F) & ~(text &+ ones &* 0x25) & tops
        return text | capitals >> 2
    }

    /// The first `count` bytes, 0 to 7 of them.
    @inline(__always)
    static func first(_ count: Int, of text: UInt64) -> UInt64 { text & ((1 << UInt64(count &* 8)) &- 1) }
}
