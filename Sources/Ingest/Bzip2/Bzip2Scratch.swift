internal import CKernels
internal import Foundation
internal import Streaming

/// The memory that decoding a block needs, used again and again by one thread at a time.
///
/// About 8 MB that are touched. The links lie in huge pages where the system has them: the walk jumps through them at
/// random, and small pages would cost more than the walk itself. Owned by whoever holds the object; hence the unchecked
/// conformance.
final class Bzip2Scratch: @unchecked Sendable {
    private static let blockBytes = Int(CK_BZIP2_BLOCK)
    private static let linkBytes = blockBytes * MemoryLayout<UInt32>.size
    private static let hugePage = 2 << 20

    private let links: UnsafeMutablePointer<UInt32>
    /// The symbols of a block, then its bytes with runs shortened.
    private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: blockBytes)
    private let lanes = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(CK_BZIP2_LANES) * blockBytes)
    private let expanded = UnsafeMutablePointer<UInt8>.allocate(capacity: Bzip2Block.maxWholeBytes)

    init() throws(Failure) {
        var memory: UnsafeMutableRawPointer?
        let size = (Bzip2Scratch.linkBytes + Bzip2Scratch.hugePage - 1) & ~(Bzip2Scratch.hugePage - 1)
        guard posix_memalign(&memory, Bzip2Scratch.hugePage, size) == 0, let memory else {
            throw Failure(.unavailable, "no memory to decode bzip2 in", remedy: "give fewer --jobs")
        }
        // A wish: without huge pages all the same works, slower.
        madvise(memory, size, MADV_HUGEPAGE)
        links = memory.bindMemory(to: UInt32.self, capacity: Bzip2Scratch.blockBytes)
    }

    deinit {
        free(links)
        bytes.deallocate()
        lanes.deallocate()
        expanded.deallocate()
    }

    /// The block decoded and checked; nil when libbz2 has to judge, or when it is larger than what is kept whole.
    func decode(_ block: Bzip2Block) -> [UInt8]? {
        var state = ck_bzip2_block()
        guard ck_bzip2_read(block.bytes, block.bytes.count, bytes, links, &state) == 0 else { return nil }
        ck_bzip2_walk(links, &state, lanes, bytes)
        let count = ck_bzip2_expand(bytes, Int(state.count), expanded, Bzip2Block.maxWholeBytes)
        guard count >= 0, ck_bzip2_checksum(expanded, Int(count)) == state.checksum else { return nil }
        return Array(UnsafeBufferPointer(start: expanded, count: Int(count)))
    }
}
