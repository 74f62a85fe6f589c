internal import Foundation
internal import Streaming

/// How `mpirun` and its ranks ended: the exit code to give, and a line for the user where nobody else has said why.
struct LaunchEnding: Equatable {
    /// That of the first rank that failed, 128 + n after signal n, 130 after a stop the user asked for.
    var code: Int32
    /// Nothing when the ranks ended well, or one of them has told what was wrong itself.
    var message: String?

    /// - Parameters:
    ///   - status: as `waitpid` gives it.
    ///   - wasStopped: whether the user asked for a stop while they ran.
    init(status: Int32, wasStopped: Bool) {
        let signal = status & 0x7f
        code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        guard code != 0 else { return }
        // A rank that ends with one of our codes has printed its failure.
        let hasTold = signal == 0 && Failure.Code(rawValue: code) != nil
        if wasStopped {
            // Early in their lives mpirun and the ranks die of the signal instead of noting it.
            code = Failure.Code.interrupted.rawValue
            message = hasTold ? nil : "interrupted before the ranks could save anything; the same command goes on"
        } else if !hasTold {
            message = LaunchEnding.reason(code)
        }
    }

    private static func reason(_ code: Int32) -> String {
        guard code > 128, let name = strsignal(code - 128) else { return "the ranks ended with exit code \(code)" }
        return "a rank was ended by signal \(code - 128) (\(String(cString: name).lowercased()))"
    }
}
