internal import CBZip2
internal import Streaming

/// libbz2 behind `StreamDecoder`.
final class Bzip2Decoder: StreamDecoder {
    static let format = "bzip2"
    // On the heap, because libbz2 keeps the address and checks it.
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private var isOpen = false

    init() { stream.initialize(to: bz_stream()) }

    deinit {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
    }

    func begin() throws(Failure) {
        if isOpen { BZ2_bzDecompressEnd(stream) }
        stream.pointee = bz_stream()
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
            throw Failure(.unavailable, "libbz2 cannot start: out of memory")
        }
        isOpen = true
    }

    func decode(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecoderStep {
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(
            to: CChar.self)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
        stream.pointee.avail_out = UInt32(output.count)
        let code = BZ2_bzDecompress(stream)
        return DecoderStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out),
            endsStream: code == BZ_STREAM_END, error: Bzip2Decoder.message(code),
            isForeign: code == BZ_DATA_ERROR_MAGIC)
    }

    private static func message(_ code: Int32) -> String? {
        switch code {
        case BZ_OK, BZ_STREAM_END: nil
        case BZ_DATA_ERROR: "a checksum or a code is wrong"
        case BZ_DATA_ERROR_MAGIC: "no bzip2 signature"
        case BZ_MEM_ERROR: "out of memory"
        default: "libbz2 error \(code)"
        }
    }
}
