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

/// One launcher at a time: it owns the process's signal handlers while ranks run.
@Suite(.serialized, .enabled(if: hasLauncher && !MessagePassing.isLaunched))
struct LauncherTests {
    @Test func `the launcher passes the exit code of a rank on`() throws {
        let launcher = ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", "exit 65"])
        #expect(try launcher.run() == 65)
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
