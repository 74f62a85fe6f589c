internal import Foundation

/// One writer at a time in a folder: an advisory lock that the kernel drops when the process ends, however it ends.
public final class DirectoryLock {
    private let descriptor: Int32

    /// Takes the lock of `directory`, or fails with `tryAgain` when another process has it.
    public init(_ directory: String) throws(Failure) {
        let descriptor = try SystemCall.check("open", directory) { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(
                .tryAgain, "another process is writing here", at: directory,
                remedy: "wait until it has ended, or give another --output")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
