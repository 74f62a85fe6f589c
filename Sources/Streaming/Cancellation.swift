import Foundation
internal import Synchronization

/// Ctrl-C, seen by every stage between two blocks of work.
public enum Cancellation {
    private static let requested = Atomic<Bool>(false)

    /// Asks all stages to stop at their next check.
    public static func request() { requested.store(true, ordering: .relaxed) }

    /// Whether a stop was asked for.
    public static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Throws when a stop was asked for; what was committed before stays and the same command resumes.
    public static func check() throws(Failure) {
        if isRequested {
            throw Failure(.interrupted, "interrupted", remedy: "run the same command again to go on from here")
        }
    }

    /// Makes the first SIGINT or SIGTERM ask for a stop; a second one ends the process at once.
    public static func handleSignals() {
        // Whoever started us may have them blocked, as threads of a pool do.
        var wanted = sigset_t()
        sigemptyset(&wanted)
        for name in [SIGINT, SIGTERM] { sigaddset(&wanted, name) }
        pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        for name in [SIGINT, SIGTERM] {
            var action = sigaction()
            // No SA_RESTART: a read that waits for standard input must see the request.
            action.__sigaction_handler.sa_handler = { number in
                if Cancellation.isRequested { _exit(128 + number) }
                Cancellation.request()
            }
            sigaction(name, &action, nil)
        }
    }
}
