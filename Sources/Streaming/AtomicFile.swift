internal import Foundation

/// A file under construction as `path.partial`; `commit()` makes it durable and gives it its name.
///
/// Dropped without `commit()`, it leaves only the partial file, which the next run removes.
public final class AtomicFile {
    /// The name the file gets.
    public let path: String
    /// Bytes written so far.
    public private(set) var offset = 0
    private var descriptor: Int32
    private var partialPath: String { path + ".partial" }

    /// Starts the file; an older partial one of the same name is emptied.
    public init(_ path: String) throws(Failure) {
        self.path = path
        let partial = path + ".partial"
        descriptor = try SystemCall.create(partial) {
            open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(Failure) {
        var written = 0
        while written < bytes.count {
            written += try SystemCall.check("write", path) {
                bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            }
        }
        offset += bytes.count
    }

    /// Makes the file durable under its name, in place of an older one.
    /// - Parameter synchronizesFolder: whether the name is made durable too; else the caller does that for many files.
    public func commit(synchronizesFolder: Bool = true) throws(Failure) {
        try SystemCall.check("write", path) { fsync(descriptor) }
        close(descriptor)
        descriptor = -1
        if synchronizesFolder { return try Files.rename(partialPath, to: path) }
        try SystemCall.check("rename \(partialPath) to", path) { Foundation.rename(partialPath, path) }
    }

    /// Gives the file up.
    public func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(partialPath)
    }
}
