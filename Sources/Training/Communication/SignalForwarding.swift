internal import CMPI
internal import Foundation
internal import Synchronization

/// Hands SIGINT and SIGTERM of this process on to `mpirun` while it runs.
///
/// The first becomes SIGUSR1, which `mpirun` hands on to the ranks, again every second until they have ended: while
/// `mpirun` starts it takes the signal when there are no ranks yet to have it. The second becomes SIGTERM, which makes
/// `mpirun` end them within seconds, and should it not, SIGKILL, as does the third.
enum SignalForwarding {
    /// Seconds between one SIGUSR1 and the next.
    private static let interval: UInt32 = 1
    /// Seconds between SIGTERM and SIGKILL.
    private static let patience: UInt32 = 10

    // A signal handler can reach nothing but globals, and those without a lock.
    private static let child = Atomic<pid_t>(0)
    private static let count = Atomic<Int>(0)
    private static let names = [SIGINT, SIGTERM, SIGALRM]

    /// Whether a signal has come since `begin`.
    static var hasSeenSignal: Bool { count.load(ordering: .sequentiallyConsistent) > 0 }

    /// Sets the handlers and gives those that were there, for `end`; signals are noted until there is a child.
    static func begin() -> [sigaction] {
        child.store(0, ordering: .sequentiallyConsistent)
        count.store(0, ordering: .sequentiallyConsistent)
        return names.map { name in
            var old = sigaction()
            sigaction(name, nil, &old)
            if name == SIGALRM {
                signal(name) { _ in SignalForwarding.repeatOrKill() }
            } else {
                signal(name) { _ in SignalForwarding.receive() }
            }
            return old
        }
    }

    /// Names the process signals go to, and hands on what came before.
    static func forward(to process: pid_t) {
        child.store(process, ordering: .sequentiallyConsistent)
        // A signal in between is handed on twice, which does no harm: the ranks only note it.
        if hasSeenSignal { ask() }
    }

    /// The child has ended: its number may soon be another process's.
    static func forget() { child.store(0, ordering: .sequentiallyConsistent) }

    /// Puts the handlers back that were there before.
    static func end(_ handlers: [sigaction]) {
        forget()
        alarm(0)
        for (name, handler) in zip(names, handlers) {
            var handler = handler
            sigaction(name, &handler, nil)
        }
    }

    private static func receive() {
        switch count.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue {
        case 1: ask()
        case 2:
            send(SIGTERM)
            alarm(patience)
        default: send(SIGKILL)
        }
    }

    /// Asks the ranks to end in their own time.
    private static func ask() {
        send(SIGUSR1)
        alarm(interval)
    }

    private static func repeatOrKill() {
        if count.load(ordering: .sequentiallyConsistent) > 1 { send(SIGKILL) } else { ask() }
    }

    private static func send(_ name: Int32) {
        let process = child.load(ordering: .sequentiallyConsistent)
        if process > 0 { kill(process, name) }
    }
}
