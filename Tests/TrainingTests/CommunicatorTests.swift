import Foundation
import Streaming
import TestSupport
import Testing

@testable import Training

private let hasLauncher = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"].contains { FileManager.default.fileExists(atPath: $0) }

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

@Test(.enabled(if: hasLauncher)) func `the launcher passes the exit code of a rank on`() throws {
    let launcher = ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", "exit 65"])
    #expect(try launcher.run() == 65)
}

@Test(.enabled(if: hasLauncher)) func `each rank is told its number and its share of the cores`() throws {
    let folder = TemporaryDirectory()
    let script = "echo $OMPI_COMM_WORLD_SIZE $TESSERA_THREADS > \(folder.path)/$OMPI_COMM_WORLD_RANK"
    #expect(try ProcessLauncher(processes: 2, arguments: ["/bin/sh", "-c", script]).run() == 0)
    let threads = ProcessLauncher.threads(processes: 2)
    for rank in 0..<2 {
        let text = String(decoding: try Files.read(folder.file("\(rank)")), as: UTF8.self)
        #expect(text == "2 \(threads)\n")
    }
}
