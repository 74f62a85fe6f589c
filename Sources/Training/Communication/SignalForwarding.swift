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
        act(min(2, count.load(ordering: .sequentiallyConsistent)))
    }

    /// The child has ended: its number may soon be another process's.
    static func forget() { child.store(0, ordering: .sequentiallyConsistent) }

    /// Puts the handlers back that were there before.
    static func end(_ handlers: [sigaction]) {
        forget()
        for (name, handler) in zip(names, handlers) {
            // The last one, when nothing can set an alarm any more.
            if name == SIGALRM { alarm(0) }
            var handler = handler
            sigaction(name, &handler, nil)
        }
    }

    private static func receive() { act(count.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue) }

    /// What so many signals ask for.
    private static func act(_ signals: Int) {
        switch signals {
        case 0: break
        case 1:
            send(SIGUSR1)
            alarm(interval)
        case 2:
            send(SIGTERM)
            alarm(patience)
        default: send(SIGKILL)
        }
    }

    /// The alarm: the ranks are asked again, or have had their time.
    private static func repeatOrKill() { act(count.load(ordering: .sequentiallyConsistent) > 1 ? 3 : 1) }

    private static func send(_ name: Int32) {
        let process = child.load(ordering: .sequentiallyConsistent)
        if process > 0 { kill(process, name) }
    }
}
