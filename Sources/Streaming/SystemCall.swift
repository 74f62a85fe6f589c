import Foundation

/// The checks around system calls: retry on EINTR, and errno turned into a sentence that names the path.
public enum SystemCall {
    /// Runs `call` until it is not interrupted; throws when it returns a negative number.
    /// - Parameters:
    ///   - verb: what was tried, as in `cannot <verb>`.
    ///   - path: the file concerned.
    ///   - isInterruptible: whether Ctrl-C ends the wait, as it must where the call can wait for ever.
    /// - Returns: the call's result, zero or more.
    @discardableResult
    public static func check<Result: SignedInteger>(
        _ verb: String, _ path: String, isInterruptible: Bool = false, _ call: () -> Result
    ) throws(Failure) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw failure(verb, path, errno: code) }
            if isInterruptible { try Cancellation.check() }
        }
    }

    /// The failure that stands for `code` (an errno) after trying to `verb` the file at `path`.
    public static func failure(_ verb: String, _ path: String, errno code: Int32) -> Failure {
        let reason = String(cString: strerror(code)).lowercased()
        let message = "cannot \(verb): \(reason)"
        switch code {
        // Where a name's bytes are no UTF-8, Foundation puts this character, and nothing can be opened by that.
        case ENOENT where path.contains("\u{FFFD}"):
            return Failure(.noInput, "cannot \(verb): the name is not UTF-8", at: path, remedy: "rename it")
        case ENOENT, ENOTDIR:
            return Failure(.noInput, message, at: path, remedy: "check the path")
        case EACCES, EPERM, EROFS:
            return Failure(.cannotCreate, message, at: path, remedy: "check the permissions")
        case ENOSPC, EDQUOT, EFBIG:
            return Failure(
                .inputOutput, message, at: path, remedy: "free some space and run the same command again; it resumes")
        default:
            return Failure(.inputOutput, message, at: path)
        }
    }

    /// Runs `call`, which makes the file or folder at `path`; throws when it returns a negative number.
    @discardableResult
    public static func create<Result: SignedInteger>(
        _ path: String, verb: String = "create", _ call: () -> Result
    ) throws(Failure) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw creationFailure(verb, path, errno: code) }
        }
    }

    /// Of what cannot be made it is the place that is wrong, unless the disk is full or there are too many open files.
    private static func creationFailure(_ verb: String, _ path: String, errno code: Int32) -> Failure {
        var failure = failure(verb, path, errno: code)
        guard ![ENOSPC, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM].contains(code) else { return failure }
        failure.code = .cannotCreate
        failure.remedy =
            [EACCES, EPERM].contains(code)
            ? "check the permissions, or give another --output" : "give another --output"
        return failure
    }
}
