import CBZip2
import CZlib
import CZstd

/// Compressed fixtures, made by the libraries themselves.
enum Compressors {
    static func bzip2(_ bytes: [UInt8]) -> [UInt8] {
        var source = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count + bytes.count / 100 + 700)
        var count = UInt32(output.count)
        let code = BZ2_bzBuffToBuffCompress(&output, &count, &source, UInt32(bytes.count), 1, 0, 0)
        precondition(code == BZ_OK)
        return output[..<Int(count)].map { UInt8(bitPattern: $0) }
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        precondition(deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
        defer { deflateEnd(&stream) }
        var source = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let room = output.count
        let left = source.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return Int(stream.avail_out)
            }
        }
        return Array(output[..<(room - left)])
    }

    static func zstandard(_ bytes: [UInt8]) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { preconditionFailure() }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
        precondition(ZSTD_isError(count) == 0)
        return Array(output[..<count])
    }
}
