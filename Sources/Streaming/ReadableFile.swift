internal import Foundation

/// A file open for reading at any offset, from any thread (`pread` keeps no position).
public final class ReadableFile: Sendable {
    /// The file's path.
    public let path: String
    /// The file's size in bytes when it was opened.
    public let size: Int
    private let descriptor: Int32

    /// Opens the file; a folder is refused.
    public init(_ path: String) throws(Failure) {
        let descriptor = try SystemCall.check("read", path) { open(path, O_RDONLY | O_CLOEXEC) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw Failure(.noInput, "is a folder, a file is needed", at: path, remedy: "name a file in it")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(info.st_size)
    }

    deinit { close(descriptor) }

    /// `count` bytes from `offset`; a file that ends before is a failure.
    public func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        guard offset >= 0, count >= 0, count <= size - min(offset, size) else {
            throw Failure(
                .badData, "ends at byte \(size), but bytes \(offset) to \(offset + count) were expected", at: path,
                remedy: "the file was cut short: restore it, or build it again")
        }
        return try readUpTo(count, at: offset)
    }

    /// At most `count` bytes from `offset`; fewer only at the end of the file.
    public func readUpTo(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let step = try SystemCall.check("read", path) {
                bytes.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
                }
            }
            if step == 0 { break }
            filled += step
        }
        if filled < count { bytes.removeLast(count - filled) }
        return bytes
    }
}
