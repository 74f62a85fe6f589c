internal import CKernels

/// A piece of text cut into tokens by `ck_text_kernels.cut`, and the memory it lies in.
struct TextChunk: ~Copyable {
    var cut: ck_chunk

    init() {
        let capacity = CK_CHUNK + CK_CHUNK_PADDING
        cut = ck_chunk(
            bytes: .allocate(capacity: capacity), starts: .allocate(capacity: capacity),
            ends: .allocate(capacity: capacity), count: 0, open: false)
        UnsafeMutableBufferPointer(start: cut.bytes, count: capacity).initialize(repeating: 0)
    }

    deinit {
        cut.bytes.deallocate()
        cut.starts.deallocate()
        cut.ends.deallocate()
    }

    /// The bytes of a token, and whether punctuation, ideographs or white space above ASCII may be among them.
    func token(_ index: Int) -> (bytes: UnsafeBufferPointer<UInt8>, isWide: Bool) {
        let (start, end) = (Int(cut.starts[index]), Int(cut.ends[index]))
        let wide = CK_WIDE
        return (UnsafeBufferPointer(start: cut.bytes + start, count: end & ~wide - start), end & wide != 0)
    }
}
