import Foundation
import Streaming
import TestSupport
import Testing

@testable import Training

private let hasLauncher = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"].contains {
    FileManager.default.fileExists(atPath: $0)
}

@Test func `one process alone changes no sum`() throws {
    let alone = SingleProcess()
    var values: [Float] = [1, 2]
    try values.withUnsafeMutableBufferPointer { try alone.sum($0) }
    #expect(values == [1, 2])
    #expect(try alone.sum([3.0]) == [3])
    #expect(try alone.broadcast(-7) == -7)
    #expect(try alone.any(true) && !alone.any(false))
}

@Test func `a failure on the root is thrown as it is`() {
    let failure = #expect(throws: Failure.self) {
        try SingleProcess().onRoot { () throws(Failure) in throw Failure(.badData, "broken") }
    }
    #expect(failure?.code == .badData)
}

@Test func `ranks are known from what mpirun or Slurm's PMIx tells`() {
    #expect(LaunchedRanks([:]) == LaunchedRanks(["OMPI_COMM_WORLD_SIZE": "1"]))
    #expect(LaunchedRanks([:]).size == 1)
    let open = ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"]
    // The job's own variables are there as well when mpirun runs in a Slurm job.
    let slurm = ["SLURM_NTASKS": "8", "SLURM_PROCID": "5"]
    for environment in [open, open.merging(slurm) { $1 }] {
        let ranks = LaunchedRanks(environment)
        #expect(ranks.size == 4 && ranks.rank == 3 && ranks.local == 2)
    }
    // A batch script, or a task without PMIx, is alone.
    #expect(LaunchedRanks(slurm).size == 1)
    #expect(LaunchedRanks(["PMIX_RANK": "0", "SLURM_NTASKS": "1"]).size == 1)
    var ranks = LaunchedRanks(slurm.merging(["PMIX_RANK": "5"]) { $1 })
    #expect(ranks.size == 8 && ranks.rank == 5 && ranks.local == 1)
    ranks = LaunchedRanks(slurm.merging(["PMIX_RANK": "5", "SLURM_NTASKS_PER_NODE": "4"]) { $1 })
    #expect(ranks.local == 4)
}

@Test(
    arguments: [
        // As waitpid has it: the exit code in the second byte, a signal in the first.
        (0, false, 0, nil), (0, true, 0, nil), (65 << 8, false, 65, nil), (130 << 8, true, 130, nil),
        (75 << 8, true, 130, nil), (SIGUSR1, true, 130, "interrupted before"),
        (1 << 8, true, 130, "interrupted before"),
        ((128 + SIGUSR1) << 8, true, 130, "interrupted before"), (SIGKILL, false, 137, "signal 9"),
        ((128 + SIGSEGV) << 8, false, 139, "signal 11"), (1 << 8, false, 1, "exit code 1"),
    ] as [(Int32, Bool, Int32, String?)])
func `an end of the ranks that none of them can have told of has a line`(
    status: Int32, wasStopped: Bool, code: Int32, says: String?
) {
    let ending = LaunchEnding(status: status, wasStopped: wasStopped)
    #expect(ending.code == code)
    #expect((ending.message == nil) == (says == nil))
    if let says { #expect(ending.message?.contains(says) == true, "\(ending)") }
}

/// One launcher at a time: it owns the process's signal handlers while ranks run.
@Suite(.serialized, .enabled(if: hasLauncher && !MessagePassing.isLaunched))
struct LauncherTests {
    @Test func `the launcher passes the exit code of a rank on`() throws {
        let launcher = ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", "exit 65"])
        #expect(try launcher.run() == 65)
    }

    @Test func `ranks that end without a word are told of in one line`() throws {
        var notes: [String] = []
        let launcher = ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", "kill -9 $$"])
        #expect(try launcher.run { notes.append($0) } == 137)
        #expect(notes == ["a rank was ended by signal 9 (killed)"])
        notes = []
        #expect(
            try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", "exit 73"]).run { notes.append($0) } == 73)
        #expect(notes.isEmpty)
    }

    @Test func `each rank is told its number and its share of the cores`() throws {
        let folder = TemporaryDirectory()
        let script = "echo $OMPI_COMM_WORLD_SIZE $TESSERA_THREADS > \(folder.path)/$OMPI_COMM_WORLD_RANK"
        #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 0)
        let threads = ProcessLauncher.threads(processes: 2)
        for rank in 0..<2 {
            let text = String(decoding: try Files.read(folder.file("\(rank)")), as: UTF8.self)
            #expect(text == "2 \(threads)\n")
        }
    }

    /// Runs this very test program as three ranks, with the test below alone.
    @Test func `ranks over Open MPI agree`() throws {
        let program = try #require(ProcessLauncher.ownCommand.first)
        let filter = ["--testing-library", "swift-testing", "--filter", "a rank of several adds up with the others"]
        let folder = TemporaryDirectory()
        setenv("TESSERA_TEST_RANKS", folder.path, 1)
        defer { unsetenv("TESSERA_TEST_RANKS") }
        #expect(try ProcessLauncher(processes: 3, arguments: [program] + filter).run() == 0)
        for rank in 0..<3 { #expect(Files.exists(folder.file("done-\(rank)"))) }
    }

    @Test func `a stop asked of the launcher reaches the ranks, which end in their own time`() throws {
        let folder = TemporaryDirectory()
        let script =
            "trap 'sleep 0.2; echo stopped > \(folder.path)/$OMPI_COMM_WORLD_RANK; exit 130' USR1; "
            + "touch \(folder.path)/ready-$OMPI_COMM_WORLD_RANK; while :; do sleep 0.05; done"
        let stopper = Thread {
            while !Files.exists(folder.file("ready-0")) || !Files.exists(folder.file("ready-1")) { usleep(20_000) }
            kill(getpid(), SIGINT)
        }
        stopper.start()
        #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 130)
        #expect(Files.exists(folder.file("0")) || Files.exists(folder.file("1")))
    }

    @Test func `a stop that comes before a rank can note it still counts as one`() throws {
        let folder = TemporaryDirectory()
        interrupt(once: folder.file("ready"))
        let script = "touch \(folder.file("ready")); sleep 60"
        #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 130)
    }

    @Test func `a second signal ends ranks that do not heed the first`() throws {
        let folder = TemporaryDirectory()
        interrupt(once: folder.file("ready"))
        interrupt(once: folder.file("asked"))
        let script =
            "trap 'touch \(folder.file("asked"))' USR1; touch \(folder.file("ready")); while :; do sleep 0.05; done"
        let start = ContinuousClock.now
        #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 130)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `a signal before the launcher knows its child is handed on`() throws {
        let handlers = SignalForwarding.begin()
        defer { SignalForwarding.end(handlers) }
        kill(getpid(), SIGINT)
        while !SignalForwarding.hasSeenSignal { usleep(1_000) }
        let child = try ProcessLauncher(processes: 2, arguments: ["/bin/sleep", "60"]).spawn()
        let start = ContinuousClock.now
        SignalForwarding.forward(to: child)
        var status: Int32 = 0
        #expect(waitpid(child, &status, 0) == child && status != 0)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `a stop is asked for again until the ranks have heard it`() throws {
        let folder = TemporaryDirectory()
        interrupt(once: folder.file("ready"))
        // Deaf to the first request, as `mpirun` is while it starts.
        let script =
            "trap '' USR1; touch \(folder.file("ready")); sleep 1.5; trap 'exit 7' USR1; while :; do sleep 0.05; done"
        let start = ContinuousClock.now
        #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 130)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    /// Sends SIGINT to this process when the file is there.
    private func interrupt(once file: String) {
        Thread {
            while !Files.exists(file) { usleep(20_000) }
            kill(getpid(), SIGINT)
        }.start()
    }
}

@Test(.enabled(if: MessagePassing.isLaunched)) func `a rank of several adds up with the others`() throws {
    let ranks = try MessagePassing()
    #expect(ranks.size == 3 && ranks.rank == MessagePassing.launchedRank)
    var values = (0..<1000).map { Float($0 * (ranks.rank + 1)) }
    try values.withUnsafeMutableBufferPointer { try ranks.sum($0) }
    #expect(values == (0..<1000).map { Float($0 * 6) })
    #expect(try ranks.sum([Double(ranks.rank), 1]) == [3, 3])
    #expect(try ranks.broadcast(100 + ranks.rank, from: 2) == 102)
    #expect(try ranks.any(ranks.rank == 1))
    let failure = #expect(throws: Failure.self) {
        try ranks.onRoot { () throws(Failure) in throw Failure(.badData, "broken") }
    }
    #expect(failure?.code == (ranks.rank == 0 ? .badData : .unavailable))
    try ranks.barrier()
    let folder = try #require(ProcessInfo.processInfo.environment["TESSERA_TEST_RANKS"])
    try Files.write([], to: "\(folder)/done-\(ranks.rank)")
    try ranks.finish()
}
