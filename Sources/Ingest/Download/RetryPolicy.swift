internal import Foundation
internal import Streaming

/// How often and how long to wait when a server or the way to it fails.
struct RetryPolicy {
    /// Tries without any progress after which it is given up.
    var attempts = 6
    /// Seconds before the second try; doubled for each further one.
    var firstDelay = 2.0
    /// Seconds at most between two tries.
    static let longestDelay = 120.0

    /// Seconds to wait before try `attempt` (from 1, the second one); a server's wish counts when it is longer.
    func delay(attempt: Int, asked: Double?) -> Double {
        let own = firstDelay * Double(1 << min(attempt - 1, 16))
        return min(RetryPolicy.longestDelay, max(own, min(asked ?? 0, RetryPolicy.longestDelay)))
    }

    /// Waits, but not for Ctrl-C.
    static func wait(_ seconds: Double) throws(Failure) {
        var left = seconds
        while left > 0 {
            try Cancellation.check()
            let step = min(left, 0.1)
            usleep(UInt32(step * 1e6))
            left -= step
        }
    }

    /// Whether a later try can be answered otherwise.
    static func isTemporary(_ status: Int) -> Bool { [408, 425, 429].contains(status) || (500...599).contains(status) }
}
