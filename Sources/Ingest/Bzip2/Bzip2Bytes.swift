internal import Streaming

/// The decompressed bytes of a bzip2 file, decoded block by block on the threads of a crew.
///
/// A piece is a block (or a part of one that is larger than `Bzip2Block.maxWholeBytes`), so reading can begin at any
/// piece. A damaged block is a failure naming its byte, and reading goes on behind it (`recover`). Each block's
/// checksum is verified, and a stream's where the stream was read from its beginning without damage.
///
/// Memory: `2 x threads + 2` blocks under way, each with its compressed and decompressed bytes (1.5 and 4 MiB at most,
/// typically 0.2 and 0.9 MB), and 8 MB to work in for each thread.
final class Bzip2Bytes: ByteSource {
    let path: String
    private(set) var lastPiece: SeekPoint?
    private var cutter: Bzip2Cutter
    private let stage: OrderedStage<Bzip2Block, Bzip2Block.Decoded>
    /// What was cut and not yet handed on; its blocks are the stage's items.
    private var ahead: ArraySlice<Bzip2Cutter.Cut> = []
    private var cutEnded = false
    private var large: Bzip2LargeBlock?
    /// The checksum of the stream's blocks so far; nil when some are missing.
    private var streamChecksum: UInt32?
    private var nextBit = 0

    /// - Parameters:
    ///   - file: the stored bytes.
    ///   - base: where `file` begins.
    ///   - start: the bit of a block to begin at, nil for the beginning.
    ///   - anyBlock: whether `start` is only a place behind which to look for a block.
    ///   - crew: the threads that decode.
    init(_ file: any ByteSource, base: Int = 0, start: Int? = nil, anyBlock: Bool = false, crew: ThreadCrew) {
        path = file.path
        cutter = Bzip2Cutter(file, base: base, start: start, anyBlock: anyBlock)
        streamChecksum = start == nil ? 0 : nil
        nextBit = start ?? 0
        let pool = Bzip2ScratchPool()
        stage = OrderedStage(crew, urgency: .feeding, capacity: 2 * crew.threads + 2) { try pool.decode($0) }
    }

    /// Bytes of the file whose content was handed on.
    var consumed: Int { nextBit >> 3 }

    func recover() -> Bool { true }

    func next() throws(Failure) -> [UInt8]? {
        while true {
            if let piece = try large?.next() { return piece }
            large = nil
            try cutAhead()
            guard let cut = ahead.popFirst() else { return nil }
            switch cut {
            case .damage(let failure):
                streamChecksum = nil
                throw failure
            case .streamEnd(let checksum, let bit): try endStream(checksum, bit)
            case .block(let block):
                let piece = try decoded(block)
                lastPiece = SeekPoint(bit: block.start)
                if let piece, !piece.isEmpty { return piece }
            }
        }
    }

    private func cutAhead() throws(Failure) {
        while !cutEnded, stage.hasRoom {
            guard let cut = try cutter.next() else {
                cutEnded = true
                return
            }
            ahead.append(cut)
            if case .block(let block) = cut { stage.submit(block) }
        }
    }

    private func endStream(_ checksum: UInt32, _ bit: Int) throws(Failure) {
        defer { streamChecksum = 0 }
        nextBit = bit + 80
        guard let own = streamChecksum, own != checksum else { return }
        throw Failure(
            .badData, "the bzip2 data is damaged (a stream's checksum is wrong)", at: "\(path): byte \(bit >> 3)",
            remedy: "restore the file from where it came")
    }

    /// The block's bytes; nil when they come piece by piece.
    private func decoded(_ block: Bzip2Block) throws(Failure) -> [UInt8]? {
        nextBit = block.start + block.bitCount
        switch try takeResult() {
        case .bytes(let bytes):
            count(block)
            return bytes
        case .large:
            count(block)
            large = try Bzip2LargeBlock(block, path: path)
            return nil
        case .damaged(let reason): return try joined(block, reason)
        }
    }

    private func count(_ block: Bzip2Block) {
        if let sum = streamChecksum { streamChecksum = (sum << 1 | sum >> 31) ^ block.checksum }
    }

    /// A mark inside compressed text cuts a block in two: once in some thousand times the size of all Wikipedias.
    private func joined(_ block: Bzip2Block, _ reason: String) throws(Failure) -> [UInt8]? {
        if case .block(let next)? = ahead.first, let joined = block.joined(with: next),
            case .bytes(let bytes) = try joined.decode()
        {
            ahead.removeFirst()
            _ = try takeResult()
            nextBit = joined.start + joined.bitCount
            count(joined)
            return bytes
        }
        streamChecksum = nil
        throw Failure(
            .badData, "the bzip2 data is damaged (\(reason))", at: "\(path): byte \(block.start >> 3)",
            remedy: "restore the file from where it came")
    }

    private func takeResult() throws(Failure) -> Bzip2Block.Decoded {
        do {
            guard let result = try stage.takeFirst() else { throw Failure(.bug, "a block that nobody decodes") }
            return result
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "\(error)")
        }
    }
}
