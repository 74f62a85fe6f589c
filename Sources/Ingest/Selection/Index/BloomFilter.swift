internal import Foundation
internal import Streaming

/// Says of a key that it was surely never added, or perhaps was; one cache line a key.
///
/// With `n` keys in `m` bits, six bits a key: at 10 bits a key about 1 in 80 strangers passes, at 5 about 1 in 8.
struct BloomFilter: ~Copyable {
    private let words: UnsafeMutablePointer<UInt64>
    private let lines: UInt64

    /// - Parameter bytes: its size, at least one line of 64.
    init(bytes: Int) throws(Failure) {
        let lines = max(1, bytes / 64)
        // Zero pages cost nothing until they are written to.
        guard let memory = calloc(lines + 1, 64) else {
            throw Failure(
                .unavailable, "there is no memory for an index of \(bytes) bytes", remedy: "lower --dedup-memory")
        }
        words = memory.assumingMemoryBound(to: UInt64.self)
        self.lines = UInt64(lines)
    }

    deinit { free(words) }

    /// The first word of the key's line, and its six bits of nine bits each.
    private func place(_ key: UInt64) -> (line: Int, bits: UInt64) {
        (8 * Int(lines.multipliedFullWidth(by: key).high), key &* 0x9E37_79B9_7F4A_7C15)
    }

    func add(_ key: UInt64) {
        var (line, bits) = place(key)
        for _ in 0..<6 {
            words[line + Int(bits >> 61)] |= 1 << ((bits >> 55) & 63)
            bits = bits << 9 | bits >> 55
        }
    }

    func mayContain(_ key: UInt64) -> Bool {
        var (line, bits) = place(key)
        for _ in 0..<6 {
            if words[line + Int(bits >> 61)] & 1 << ((bits >> 55) & 63) == 0 { return false }
            bits = bits << 9 | bits >> 55
        }
        return true
    }
}
