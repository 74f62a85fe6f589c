/// What went wrong, where, and what to do about it: the one error type of Tessera.
///
/// A failure is a *code* to branch on (the process ends with its sysexits number), a *message* saying what is wrong,
/// a *place* (file, byte or row, page title) and a *remedy*. It prints as one line.
public struct Failure: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller can branch on; raw values are the exit codes of `sysexits.h`.
    public enum Code: Int32, Sendable, CaseIterable {
        /// The command was called wrongly (EX_USAGE).
        case usage = 64
        /// Input data is malformed, damaged or of another version (EX_DATAERR).
        case badData = 65
        /// An input file or folder does not exist or cannot be read (EX_NOINPUT).
        case noInput = 66
        /// Something this program relies on is missing, such as Open MPI (EX_UNAVAILABLE).
        case unavailable = 69
        /// A broken invariant of our own (EX_SOFTWARE).
        case bug = 70
        /// An output file cannot be created, or is somebody else's (EX_CANTCREAT).
        case cannotCreate = 73
        /// Reading or writing failed half-way, disk full among others (EX_IOERR).
        case inputOutput = 74
        /// Another process is at work there; trying later can succeed (EX_TEMPFAIL).
        case tryAgain = 75
        /// The user interrupted (128 + SIGINT).
        case interrupted = 130
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, in lower case, without a final stop.
    public var message: String
    /// Where: a path, with a byte offset, row or title if known.
    public var place: String?
    /// What the user can do about it.
    public var remedy: String?

    /// Creates a failure.
    public init(_ code: Code, _ message: String, at place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.place = place
        self.remedy = remedy
    }

    /// `place: message; remedy`, on one line.
    public var description: String {
        let head = place.map { "\($0): \(message)" } ?? message
        return remedy.map { "\(head); \($0)" } ?? head
    }
}
