import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct DecompressionTests {
    enum Kind: String, CaseIterable {
        case bzip2 = ".bz2"
        case gzip = ".gz"
        case zstandard = ".zst"

        func compress(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .bzip2: Compressors.bzip2(bytes)
            case .gzip: Compressors.gzip(bytes)
            case .zstandard: Compressors.zstandard(bytes)
            }
        }
    }

    let directory = TemporaryDirectory()

    /// Bytes that compress, but not to nothing, so that there are several pieces in and out.
    static func sample(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = Philox(seed: seed, purpose: Philox.purpose("sample"))
        return (0..<count).map { _ in UInt8(0x61 + random.below(20)) }
    }

    func decompress(_ path: String) throws -> [UInt8] {
        let serial = content(Result { try Compression.open(path) })
        let crew = ThreadCrew(threads: 3)
        defer { crew.stop() }
        let parallel = content(Result { try Compression.open(path, crew: crew) })
        // The decoder of blocks may tell of more, never of less.
        if case .success = parallel { #expect(try parallel.get() == serial.get()) }
        return try parallel.get()
    }

    private func content(_ opened: Result<any ByteSource, any Error>) -> Result<[UInt8], any Error> {
        Result { try content(opened.get()) }
    }

    private func content(_ source: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try source.next() {
            #expect(!piece.isEmpty)
            bytes += piece
        }
        return bytes
    }

    @Test(arguments: Kind.allCases, [0, 1, 1000, ByteSourceSize.piece, 700_000])
    func `one stream gives its bytes`(kind: Kind, count: Int) throws {
        let bytes = Self.sample(count, seed: 1)
        let path = try directory.write(kind.compress(bytes), to: "a\(kind.rawValue)")
        #expect(try decompress(path) == bytes)
    }

    @Test(arguments: Kind.allCases)
    func `concatenated streams are one text`(kind: Kind) throws {
        let parts = [3, 400_000, 0, 10, 262_144].enumerated().map { Self.sample($1, seed: UInt64($0)) }
        let path = try directory.write(parts.flatMap { kind.compress($0) }, to: "a\(kind.rawValue)")
        #expect(try decompress(path) == parts.flatMap { $0 })
    }

    @Test(arguments: Kind.allCases)
    func `every cut inside a stream is told with its byte`(kind: Kind) throws {
        let first = kind.compress(Self.sample(3000, seed: 3))
        let whole = first + kind.compress(Self.sample(1000, seed: 4))
        for end in stride(from: first.count + 1, to: whole.count, by: 7) {
            let path = try directory.write(Array(whole[..<end]), to: "cut\(kind.rawValue)")
            let failure = #expect(throws: Failure.self) { try decompress(path) }
            #expect(failure?.code == .badData)
            #expect(
                failure?.message.contains("ends too early") == true, "cut at \(end): \(String(describing: failure))")
            #expect(failure?.place == "\(path): byte \(end)")
        }
    }

    @Test(arguments: Kind.allCases)
    func `garbage after the last stream is told with its byte`(kind: Kind) throws {
        let stream = kind.compress(Self.sample(3000, seed: 5))
        let path = try directory.write(stream + Array("and then some words".utf8), to: "a\(kind.rawValue)")
        let failure = #expect(throws: Failure.self) { try decompress(path) }
        #expect(failure?.code == .badData)
        #expect(failure?.message.contains("follows the compressed data") == true, "\(String(describing: failure))")
        #expect(failure?.place == "\(path): byte \(stream.count)")
    }

    @Test(arguments: Kind.allCases)
    func `a flipped byte is never taken for data`(kind: Kind) throws {
        let bytes = Self.sample(2000, seed: 6)
        let stream = kind.compress(bytes)
        for at in stride(from: 10, to: stream.count, by: 11) {
            var damaged = stream
            damaged[at] ^= 0x5A
            let path = try directory.write(damaged, to: "flip\(kind.rawValue)")
            // A few bits of a header mean nothing; then the content must be whole.
            do { #expect(try decompress(path) == bytes, "byte \(at)") } catch let failure as Failure {
                #expect(failure.code == .badData)
            }
        }
    }

    @Test func `the first bytes decide, the name is a hint`() throws {
        let bytes = Self.sample(500, seed: 7)
        #expect(try decompress(directory.write(Compressors.gzip(bytes), to: "misnamed.bz2")) == bytes)
        #expect(try decompress(directory.write(Compressors.bzip2(bytes), to: "unnamed")) == bytes)
        #expect(try decompress(directory.write(bytes, to: "plain.txt")) == bytes)
    }

    @Test func `a plain file named as a compressed one is refused`() throws {
        let path = try directory.write(Array("<html>not found</html>".utf8), to: "dump.xml.bz2")
        let failure = #expect(throws: Failure.self) { try decompress(path) }
        #expect(failure?.message.contains("does not begin like compressed data") == true)
    }

    @Test func `empty, missing and special files have failures of their own`() throws {
        let empty = try directory.write([], to: "empty.xml")
        #expect(#expect(throws: Failure.self) { try decompress(empty) }?.message == "is empty")
        let missing = #expect(throws: Failure.self) { try decompress(directory.file("none")) }
        #expect(missing?.code == .noInput)
        let special = #expect(throws: Failure.self) { try decompress("/dev/null") }
        #expect(special?.code == .noInput)
    }
}
