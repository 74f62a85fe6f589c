internal import Foundation
internal import Storage
internal import Streaming

/// The bytes of a file or of standard input as they are stored.
final class FileBytes: ByteSource {
    let path: String
    private(set) var consumed = 0
    private(set) var lastPiece: SeekPoint?
    private let descriptor: Int32
    private let pieceBytes: Int

    /// Opens `path`; `-` is standard input.
    ///
    /// Folders, pipes and devices are refused.
    /// - Parameters:
    ///   - start: the byte to begin at.
    ///   - pieceBytes: bytes in a piece, but for the last.
    init(_ path: String, from start: Int = 0, pieceBytes: Int = ByteSourceSize.piece) throws(Failure) {
        self.path = path
        self.pieceBytes = pieceBytes
        consumed = start
        if path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        try FileBytes.checkRegular(path)
        descriptor = try SystemCall.check("read", path) { open(path, O_RDONLY | O_CLOEXEC) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        if start > 0 { lseek(descriptor, start, SEEK_SET) }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Fails unless `path` is a file that can be read twice: once for its digest, once for its content.
    static func checkRegular(_ path: String) throws(Failure) {
        var info = stat()
        try SystemCall.check("read", path) { stat(path, &info) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .noInput, "is not a regular file", at: path, remedy: "name a file or a folder, or '-' to read a pipe")
        }
        guard access(path, R_OK) == 0 else {
            throw Failure(.noInput, "cannot read: permission denied", at: path, remedy: "check the permissions")
        }
    }

    func next() throws(Failure) -> [UInt8]? {
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, filled in
            do throws(Failure) { filled = try read(into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        lastPiece = descriptor == STDIN_FILENO ? nil : SeekPoint(bit: 8 * consumed)
        consumed += bytes.count
        return bytes.isEmpty ? nil : bytes
    }

    /// Reads until the buffer is full or the file has ended.
    private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Int {
        var filled = 0
        while filled < buffer.count {
            let step = try SystemCall.check("read", path, isInterruptible: true) {
                Foundation.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if step == 0 { break }
            filled += step
        }
        return filled
    }
}
