internal import CZstd
internal import Streaming

/// libzstd's streaming decoder behind `StreamDecoder`; skippable frames pass without a trace.
final class ZstandardDecoder: StreamDecoder {
    static let format = "zstd"
    private let context: OpaquePointer

    init() throws(Failure) {
        guard let context = ZSTD_createDCtx() else {
            throw Failure(.unavailable, "libzstd cannot start: out of memory")
        }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func begin() throws(Failure) { ZSTD_DCtx_reset(context, ZSTD_reset_session_only) }

    func decode(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> DecoderStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &target, &source)
        let error = ZSTD_isError(result) == 0 ? nil : String(cString: ZSTD_getErrorName(result))
        return DecoderStep(
            consumed: source.pos, produced: target.pos, endsStream: result == 0, error: error,
            isForeign: ZSTD_getErrorCode(result) == ZSTD_error_prefix_unknown)
    }
}
