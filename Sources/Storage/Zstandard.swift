internal import CZstd
public import Streaming

/// Compresses blocks into zstd frames of their own, reusing one context.
///
/// Not for two threads at once.
public final class ZstandardCompressor {
    private let context: OpaquePointer

    /// - Parameter level: 1 (fast) to 19 (small). Frames carry their size and a content checksum (RFC 8878).
    public init(level: Int32 = 3) {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("out of memory for a zstd context") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The bytes as one frame.
    public func compress(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { output, count in
            count = bytes.withUnsafeBytes {
                ZSTD_compress2(context, output.baseAddress, output.count, $0.baseAddress, $0.count)
            }
            precondition(ZSTD_isError(count) == 0, "zstd refused a buffer of its own bound")
        }
    }
}

/// Decompresses frames whose raw size is known and checked.
public enum Zstandard {
    /// The raw bytes of one frame.
    /// - Parameters:
    ///   - rawSize: the size that the index states; any other size is damage.
    ///   - place: named in the failure.
    public static func decompress(
        _ frame: [UInt8], rawSize: Int, at place: @autoclosure () -> String
    ) throws(Failure) -> [UInt8] {
        var message: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: rawSize) { output, count in
            let result = frame.withUnsafeBytes {
                ZSTD_decompress(output.baseAddress, output.count, $0.baseAddress, $0.count)
            }
            if ZSTD_isError(result) != 0 {
                message = String(cString: ZSTD_getErrorName(result))
            } else {
                count = result
            }
        }
        guard message == nil, bytes.count == rawSize else {
            throw Failure(
                .badData, "a block does not decompress (\(message ?? "other size than its index"))", at: place(),
                remedy: "the file is damaged: restore it, or build it again")
        }
        return bytes
    }
}
