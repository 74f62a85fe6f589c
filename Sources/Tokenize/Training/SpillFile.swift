internal import Foundation
internal import Streaming
internal import Synchronization

/// A scratch file without a name: it is unlinked as soon as it is open, so that nothing is left however we end.
///
/// Written at its end by one thread, read at any offset by many.
final class SpillFile: Sendable {
    private let descriptor: Int32
    private let path: String
    private let size = Mutex(0)

    /// What the names of spill files end in, for the instant in which they have one.
    static let suffix = ".words.partial"
    private static let serial = Atomic<Int>(0)

    /// - Parameters:
    ///   - folder: where the bytes go.
    ///   - name: what the file's name begins with.
    init(folder: String, name: String) throws(Failure) {
        let number = SpillFile.serial.add(1, ordering: .relaxed).newValue
        let path = "\(folder)/\(name)-\(getpid())-\(number)\(SpillFile.suffix)"
        descriptor = try SystemCall.create(path) {
            open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        }
        unlink(path)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Bytes written.
    var count: Int { size.withLock { $0 } }

    /// Appends bytes.
    func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var (written, offset) = (0, count)
        while written < bytes.count {
            written += try SystemCall.check("write", path) {
                pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            }
        }
        offset += bytes.count
        size.withLock { $0 = offset }
    }

    /// Fills `buffer` from `offset`; the file must reach so far.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) {
        var filled = 0
        while filled < buffer.count {
            let step = try SystemCall.check("read", path) {
                pread(descriptor, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset + filled))
            }
            guard step > 0 else {
                throw Failure(.inputOutput, "the scratch file ends at byte \(offset + filled)", at: path)
            }
            filled += step
        }
    }

    /// Removes the files of this name that a killed run left in `folder`, empty as they are.
    static func removeLeftovers(folder: String, name: String) throws(Failure) {
        for file in try Files.names(in: folder) where file.hasPrefix(name + "-") && file.hasSuffix(suffix) {
            try Files.remove(folder + "/" + file)
        }
    }
}
