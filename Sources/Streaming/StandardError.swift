internal import Foundation

/// The one writer of progress and messages.
public enum StandardError {
    /// Writes a text to standard error; a reader that went away or a full disk behind it must not end the program.
    public static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(STDERR_FILENO, $0.baseAddress! + done, bytes.count - done)
            }
            if count <= 0, errno != EINTR { return }
            done += max(0, count)
        }
    }
}
