internal import CKernels
internal import Foundation
internal import Streaming

/// The memory that decoding some blocks at once needs, used again and again by one thread at a time.
///
/// 22 MB, in huge pages where the system has them: the walk jumps through it at random, and small pages would cost more
/// than the walk itself. Owned by whoever holds the object; hence the unchecked conformance.
final class Bzip2Scratch: @unchecked Sendable {
    /// Blocks decoded at once.
    static let lanes = Int(CK_BZIP2_LANES)
    private static let blockBytes = Int(CK_BZIP2_BLOCK)
    private static let linkBytes = lanes * blockBytes * MemoryLayout<UInt32>.size
    private static let size = linkBytes + (lanes + 1) * blockBytes + Bzip2Block.maxWholeBytes
    private static let hugePage = 2 << 20

    private let memory: UnsafeMutableRawPointer

    init() throws(Failure) {
        var memory: UnsafeMutableRawPointer?
        let (hugePage, size) = (Bzip2Scratch.hugePage, Bzip2Scratch.size)
        guard posix_memalign(&memory, hugePage, size) == 0, let memory else {
            throw Failure(.unavailable, "no memory to decode bzip2 in", remedy: "give fewer --jobs")
        }
        // A wish: without huge pages all the same works, slower.
        madvise(memory, size, MADV_HUGEPAGE)
        self.memory = memory
    }

    deinit { free(memory) }

    private var links: UnsafeMutablePointer<UInt32> { memory.assumingMemoryBound(to: UInt32.self) }
    private var walked: UnsafeMutablePointer<UInt8> {
        (memory + Bzip2Scratch.linkBytes).assumingMemoryBound(to: UInt8.self)
    }
    private var symbols: UnsafeMutablePointer<UInt8> { walked + Bzip2Scratch.lanes * Bzip2Scratch.blockBytes }
    private var expanded: UnsafeMutablePointer<UInt8> { symbols + Bzip2Scratch.blockBytes }

    /// The blocks decoded and checked; nil for each that libbz2 has to judge.
    /// - Parameter blocks: at most `lanes`.
    func decode(_ blocks: [Bzip2Block]) -> [[UInt8]?] {
        var results = [[UInt8]?](repeating: nil, count: blocks.count)
        var read: [ck_bzip2_block] = []
        var sound: [Int] = []
        for (index, block) in blocks.enumerated() {
            var state = ck_bzip2_block()
            let lane = links + read.count * Bzip2Scratch.blockBytes
            guard ck_bzip2_read(block.bytes, block.bytes.count, symbols, lane, &state) == 0 else { continue }
            read.append(state)
            sound.append(index)
        }
        ck_bzip2_walk(links, read, Int32(read.count), walked)
        for (lane, index) in sound.enumerated() {
            results[index] = expand(walked + lane * Bzip2Scratch.blockBytes, read[lane])
        }
        return results
    }

    private func expand(_ bytes: UnsafePointer<UInt8>, _ block: ck_bzip2_block) -> [UInt8]? {
        let count = ck_bzip2_expand(bytes, Int(block.count), expanded, Bzip2Block.maxWholeBytes)
        guard count >= 0, ck_bzip2_checksum(expanded, Int(count)) == block.checksum else { return nil }
        return Array(UnsafeBufferPointer(start: expanded, count: Int(count)))
    }
}
