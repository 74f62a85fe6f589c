internal import CXXHash
public import Streaming

/// Checksums of blocks and digests of files: XXH3 in 64 and 128 bits, written as hexadecimal.
public enum Checksum {
    /// XXH3-64 of the bytes, 16 hexadecimal digits.
    public static func xxh3(_ bytes: [UInt8]) -> String {
        hexadecimal(bytes.withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count) })
    }

    /// XXH3-128 of the bytes as two words.
    public static func xxh3Pair(_ bytes: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64) {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        return (hash.high64, hash.low64)
    }

    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A running XXH3-128 digest.
///
/// Not for two threads at once.
public final class Digest {
    private let state: OpaquePointer

    /// Starts an empty digest.
    public init() {
        guard let state = XXH3_createState() else { preconditionFailure("out of memory for a digest") }
        self.state = state
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    /// Adds bytes.
    public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) { XXH3_128bits_update(state, bytes.baseAddress, bytes.count) }

    /// Adds a text and a separator, so that ("a", "bc") and ("ab", "c") differ.
    public func update(_ text: String) { update(Array(text.utf8) + [0]) }

    /// The digest of all added so far, 32 hexadecimal digits.
    public var value: String {
        let hash = XXH3_128bits_digest(state)
        return Checksum.hexadecimal(hash.high64) + Checksum.hexadecimal(hash.low64)
    }

    /// The digest of a file's bytes, read in pieces of 1 MiB.
    public static func file(_ path: String) throws(Failure) -> String {
        let file = try ReadableFile(path)
        let digest = Digest()
        var offset = 0
        while offset < file.size {
            let piece = try file.readUpTo(1 << 20, at: offset)
            if piece.isEmpty { break }
            digest.update(piece)
            offset += piece.count
        }
        return digest.value
    }
}
