public import Streaming

internal import CMPI
internal import Foundation

/// Starts this program again as several ranks under `mpirun`, and waits for them: what `--processes N` does.
///
/// - The ranks' threads together fill the cores unless the user says otherwise (`TESSERA_THREADS`).
/// - SIGINT and SIGTERM become SIGUSR1, which `mpirun` hands on to the ranks: they write a checkpoint and end, where
///   `mpirun` itself would kill them within a second. `Cancellation.handleRankSignals()` is the other end. A second
///   signal ends them at once.
/// - Should this process be killed, `mpirun` and with it the ranks end too.
public struct ProcessLauncher: Sendable {
    /// The ranks on this machine.
    public var processes: Int
    /// The program and its arguments, as each rank gets them.
    public var arguments: [String]

    /// - Parameters:
    ///   - processes: ranks, 2 or more.
    ///   - arguments: the program's path and the arguments of each rank; by default, this program's own.
    public init(processes: Int, arguments: [String] = ProcessLauncher.ownCommand) {
        self.processes = processes
        self.arguments = arguments
    }

    /// This program's file and the arguments it was called with.
    public static var ownCommand: [String] {
        let file =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return [file] + CommandLine.arguments.dropFirst()
    }

    /// Whether this process has to start ranks: several are wanted and it is not one of them.
    public static func isNeeded(processes: Int) -> Bool { processes > 1 && !MessagePassing.isLaunched }

    /// The threads each of `processes` ranks on this machine should use.
    public static func threads(processes: Int) -> Int {
        max(1, ProcessInfo.processInfo.activeProcessorCount / max(1, processes))
    }

    /// The threads of this rank: as requested, else as `TESSERA_THREADS` says, else its share of this machine's cores.
    public static func threads(requested: Int) -> Int {
        if requested > 0 { return requested }
        let stated = ProcessInfo.processInfo.environment["TESSERA_THREADS"].flatMap { Int($0) }
        if let stated, stated > 0 { return stated }
        return threads(processes: LaunchedRanks().local)
    }

    /// The command line of `mpirun`, without its environment.
    var command: [String] {
        ["mpirun", "--quiet", "-n", String(processes), "--bind-to", "none", "--oversubscribe"] + arguments
    }

    /// What is added to the environment of `mpirun` and of the ranks.
    var environment: [String: String] {
        var values = [
            // Open MPI refuses to run as root, as in a container, unless both are set.
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            // Without ptrace permission (containers) the single-copy path prints warnings and falls back.
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
            // Ranks that wait give their core to those that compute.
            "OMPI_MCA_mpi_yield_when_idle": "1",
            "TESSERA_THREADS": String(ProcessLauncher.threads(processes: processes)),
        ]
        for name in values.keys where ProcessInfo.processInfo.environment[name] != nil { values[name] = nil }
        return values
    }

    /// Runs the ranks to their end.
    /// - Parameter onNote: hears why they ended badly, where none of them can have said so.
    /// - Returns: the exit code of `mpirun`, which is that of the first rank that failed; 128 + n after signal n; 130
    ///   when the ranks did not end well and the user had asked for a stop.
    public func run(onNote: (String) -> Void = { _ in }) throws(Failure) -> Int32 {
        let handlers = SignalForwarding.begin()
        defer { SignalForwarding.end(handlers) }
        // Seen before the handlers above were set.
        try Cancellation.check()
        let child = try spawn()
        SignalForwarding.forward(to: child)
        var status: Int32 = 0
        try ProcessLauncher.awaitEnd(of: child)
        SignalForwarding.forget()
        try SystemCall.check("wait for", "mpirun") { waitpid(child, &status, 0) }
        let ending = LaunchEnding(status: status, wasStopped: SignalForwarding.hasSeenSignal)
        if let message = ending.message { onNote(message) }
        return ending.code
    }

    /// Waits but leaves the process's number taken, so that no signal can go to another process of that number.
    private static func awaitEnd(of child: pid_t) throws(Failure) {
        var information = siginfo_t()
        try SystemCall.check("wait for", "mpirun") { waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) }
    }

    /// Starts `mpirun`.
    func spawn() throws(Failure) -> pid_t {
        let inherited = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var argumentPointers = command.map { strdup($0) } + [nil]
        var environmentPointers = inherited.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        let child = tmpi_spawn("mpirun", &argumentPointers, &environmentPointers)
        guard child > 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw Failure(
                .unavailable, "mpirun cannot be started: \(reason)",
                remedy: "install openmpi-bin, or train with one process")
        }
        return child
    }
}

extension Cancellation {
    /// `handleSignals()` for a rank under `mpirun`: SIGUSR1, which a launcher hands on, asks for a stop as well.
    public static func handleRankSignals() {
        handleSignals()
        signal(SIGUSR1) { _ in Cancellation.request() }
    }
}
