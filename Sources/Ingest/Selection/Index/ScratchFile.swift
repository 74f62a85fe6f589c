internal import Foundation
internal import Streaming

/// A file without a name: written once from the front, read anywhere, gone with its last user or with the process.
///
/// A kill leaves nothing behind. Not for two threads at once.
final class ScratchFile {
    /// Bytes appended so far.
    private(set) var count = 0
    private let descriptor: Int32
    private let directory: String

    /// - Parameter directory: where its bytes lie; its file system needs the room.
    init(_ directory: String) throws(Failure) {
        // Should a kill come between the two calls, the next run removes the name with the other `*.partial`.
        var name = Array((directory + "/selection-XXXXXX.partial").utf8CString)
        descriptor = try SystemCall.create(directory, verb: "create a file in") { mkstemps(&name, 8) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.directory = directory
        unlink(name)
    }

    deinit { close(descriptor) }

    /// Appends words in the machine's byte order.
    func append(_ words: [UInt64]) throws(Failure) { try append(words, words.count) }

    /// Appends the first `number` of `words`.
    func append(_ words: [UInt64], _ number: Int) throws(Failure) {
        let size = 8 * number
        var written = 0
        while written < size {
            written += try SystemCall.check("write a file in", directory) {
                words.withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress! + written, size - written, off_t(count + written))
                }
            }
        }
        count += size
    }

    /// Fills the front of `words` with `number` words from word `first`.
    func read(_ number: Int, at first: Int, into words: inout [UInt64]) throws(Failure) {
        if words.count < number { words = [UInt64](repeating: 0, count: number) }
        let size = 8 * number
        var filled = 0
        while filled < size {
            let step = try SystemCall.check("read a file in", directory) {
                words.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress! + filled, size - filled, off_t(8 * first + filled))
                }
            }
            guard step > 0 else { throw Failure(.inputOutput, "a file in use became shorter", at: directory) }
            filled += step
        }
    }
}
