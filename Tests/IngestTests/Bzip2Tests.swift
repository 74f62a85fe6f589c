import Streaming
import TestSupport
import Testing

@testable import Ingest

@Suite struct Bzip2Tests {
    /// Texts of many kinds: bytes that compress well, badly, in runs, not at all.
    static func text(_ kind: Int, count: Int) -> [UInt8] {
        var random = Philox(seed: UInt64(kind), purpose: Philox.purpose("bzip2"))
        var text = [UInt8](repeating: 0x7A, count: count)
        for index in 0..<count {
            switch kind {
            case 0: text[index] = index % 7 == 0 ? 0x20 : UInt8(0x61 + index * index % 19)
            case 1: text[index] = UInt8(random.below(256))
            case 2: text[index] = UInt8(0x41 + index / 37 % 3)
            case 3: break
            default: text[index] = random.below(10) == 0 ? UInt8(random.below(256)) : 0x65
            }
        }
        return text
    }

    /// The file cut and each block decoded by both decoders.
    func blocks(_ file: [UInt8]) throws -> [Bzip2Block] {
        var cutter = Bzip2Cutter(PiecesSource(file, size: 777))
        var blocks: [Bzip2Block] = []
        while let cut = try cutter.next() {
            if case .block(let block) = cut { blocks.append(block) }
        }
        return blocks
    }

    @Test(arguments: 0..<5, [1, 3, 4, 5, 255, 260, 4000, 99_990, 350_000])
    func `the fast decoder agrees with libbz2`(kind: Int, count: Int) throws {
        let text = Self.text(kind, count: count)
        let blocks = try blocks(Compressors.bzip2(text))
        let scratch = try Bzip2Scratch()
        var whole: [UInt8] = []
        for block in blocks { whole += try #require(scratch.decode(block)) }
        #expect(whole == text)
    }

    @Test func `texts that repeat themselves are walked in circles`() throws {
        let scratch = try Bzip2Scratch()
        for period in [1, 2, 3, 7, 64, 1000, 5000] {
            let part = Self.text(1, count: period)
            let text = (0..<(60_000 / period)).flatMap { _ in part }
            let block = try #require(try blocks(Compressors.bzip2(text)).first)
            #expect(scratch.decode(block) == text, "period \(period)")
        }
    }

    @Test func `damaged blocks are never taken for sound ones`() throws {
        let text = Self.text(4, count: 3000)
        let block = try #require(try blocks(Compressors.bzip2(text)).first)
        let scratch = try Bzip2Scratch()
        for bit in 0..<block.bitCount {
            var damaged = block
            damaged.bytes[bit >> 3] ^= 0x80 >> UInt8(bit & 7)
            // Two bits of a block mean nothing; the text then is whole.
            if let bytes = scratch.decode(damaged) { #expect(bytes == text, "bit \(bit)") }
        }
        for count in 0..<block.bytes.count {
            var cut = block
            cut.bytes.removeLast(block.bytes.count - count)
            #expect(scratch.decode(cut) == nil || count > block.bytes.count - 3)
        }
    }

    @Test func `marks are found at every bit`() throws {
        let search = Bzip2MarkSearch()
        for mark in Bzip2Mark.allCases {
            for bit in 0..<40 {
                var writer = Bzip2BitWriter([], bitCount: 0)
                for _ in 0..<bit { writer.append(1, bitCount: 1) }
                writer.append(mark.bits, bitCount: 48)
                writer.append(0x55, bitCount: 8)
                let found = writer.bytes.withUnsafeBufferPointer { search.first(in: $0, from: 0) }
                #expect(found?.bit == bit)
                #expect(found?.mark == mark)
                #expect(writer.bytes.withUnsafeBufferPointer { search.first(in: $0, from: bit + 1) } == nil)
            }
        }
    }

    @Test func `a block that a false mark cut in two is joined`() throws {
        let block = try #require(try blocks(Compressors.bzip2(Self.text(0, count: 5000))).first)
        for cut in [80, 501, 1000, block.bitCount - 3] {
            func part(_ range: Range<Int>) -> Bzip2Block {
                let bytes = block.bytes.withUnsafeBufferPointer { Bzip2Bits.aligned($0, range) }
                return Bzip2Block(bytes: bytes, bitCount: range.count, start: block.start + range.lowerBound)
            }
            let joined = try #require(part(0..<cut).joined(with: part(cut..<block.bitCount)))
            #expect(joined.bytes == block.bytes)
            #expect(joined.bitCount == block.bitCount)
        }
        #expect(block.joined(with: block) == nil)
    }

    @Test func `a block of runs is larger than what is kept, and read all the same`() throws {
        let directory = TemporaryDirectory()
        let text = [UInt8](repeating: 0x78, count: 12 << 20) + Array("end".utf8)
        let path = try directory.write(Compressors.bzip2(text), to: "runs.bz2")
        let crew = ThreadCrew(threads: 2)
        defer { crew.stop() }
        let source = try Compression.open(path, crew: crew)
        var count = 0
        var last: UInt8 = 0
        while let piece = try source.next() {
            #expect(piece.count <= Bzip2Block.maxWholeBytes)
            count += piece.count
            last = piece[piece.count - 1]
        }
        #expect(count == text.count)
        #expect(last == 0x64)
    }

    @Test func `behind each damaged block reading goes on`() throws {
        let text = Self.text(1, count: 1_000_000)
        var file = Compressors.bzip2(text)
        let all = try blocks(file)
        for index in [2, 6] { file[(all[index].start >> 3) + 1000] ^= 0xFF }
        let crew = ThreadCrew(threads: 2)
        defer { crew.stop() }
        let source = Bzip2Bytes(PiecesSource(file, size: 10_000), crew: crew)
        var (bytes, failures): ([UInt8], [Failure]) = ([], [])
        while true {
            do throws(Failure) {
                guard let piece = try source.next() else { break }
                bytes += piece
            } catch {
                failures.append(error)
            }
        }
        #expect(failures.map(\.place) == [2, 6].map { "pieces: byte \(all[$0].start >> 3)" })
        let scratch = try Bzip2Scratch()
        let sound = all.indices.filter { $0 != 2 && $0 != 6 }.flatMap { scratch.decode(all[$0]) ?? [] }
        #expect(bytes == sound)
    }
}
