internal import CKernels

/// A set of bytes that text is searched for, by vector instructions.
struct ByteSet: Sendable {
    private var tables = ck_byte_set()

    /// The set of the bytes that `isMember` holds for.
    init(where isMember: (UInt8) -> Bool = { _ in false }) {
        for byte in UInt8.min...UInt8.max where isMember(byte) { insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        let index = Int(byte >> 7) << 4 | Int(byte & 15)
        withUnsafeMutableBytes(of: &tables.low) { $0[index] |= 1 << (byte >> 4 & 7) }
    }

    /// The first place in `start..<end` that holds a byte of the set, or `end`.
    @inline(__always)
    func first(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        bytes.withUnsafeBufferPointer { first(in: $0, from: start, to: end) }
    }

    /// The first place in `start..<end` that holds a byte of the set, or `end`.
    @inline(__always)
    func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard start < end, end <= bytes.count, let base = bytes.baseAddress else { return start }
        return start + withUnsafePointer(to: tables) { ck_skip($0, base + start, end - start) }
    }

    /// The same for a set that holds the blank: a blank between two bytes of none is passed over.
    @inline(__always)
    func firstButSingleBlanks(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        guard start < end, end <= bytes.count else { return start }
        return bytes.withUnsafeBufferPointer { bytes in
            start + withUnsafePointer(to: tables) { ck_skip_words($0, bytes.baseAddress! + start, end - start) }
        }
    }
}
