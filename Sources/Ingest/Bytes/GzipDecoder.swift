internal import CZlib
internal import Streaming

/// zlib's inflate over gzip members, behind `StreamDecoder`.
final class GzipDecoder: StreamDecoder {
    static let format = "gzip"
    // On the heap, because zlib keeps the address and checks it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isOpen = false

    init() { stream.initialize(to: z_stream()) }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deallocate()
    }

    func begin() throws(Failure) {
        if isOpen {
            inflateReset(stream)
            return
        }
        // 15 bits of window, +16: a gzip header and trailer, whose checksum zlib verifies.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Failure(.unavailable, "zlib cannot start: out of memory")
        }
        isOpen = true
    }

    func decode(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecoderStep {
        // zlib wants an address even for no bytes.
        var nothing: UInt8 = 0
        return withUnsafeMutablePointer(to: &nothing) { nothing in
            stream.pointee.next_in =
                UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(to: UInt8.self) ?? nothing
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            let code = inflate(stream, Z_NO_FLUSH)
            // zlib counts the header's bytes as taken only once the signature was right.
            let seesHeader = stream.pointee.total_in > 2
            return DecoderStep(
                consumed: input.count - Int(stream.pointee.avail_in),
                produced: output.count - Int(stream.pointee.avail_out), endsStream: code == Z_STREAM_END,
                error: message(code), isForeign: code == Z_DATA_ERROR && stream.pointee.total_out == 0 && !seesHeader)
        }
    }

    private func message(_ code: Int32) -> String? {
        switch code {
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR: nil
        case Z_MEM_ERROR: "out of memory"
        default: stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(code)"
        }
    }
}
