internal import Foundation
internal import Streaming

/// Zeroed memory straight from the system, which gets it back when this goes away.
///
/// The C heap may keep what is freed for ever; a promise about memory cannot be kept with it.
struct PageMemory: ~Copyable {
    /// The first byte.
    let base: UnsafeMutableRawPointer
    /// Bytes asked for.
    let count: Int

    /// - Parameter count: bytes; at least one page is taken.
    init(count: Int) throws(Failure) {
        let size = max(count, 1)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            throw Failure(
                .unavailable, "no memory for \(size >> 20) MiB more", remedy: "give a smaller --memory, or fewer --jobs"
            )
        }
        (base, self.count) = (memory, size)
    }

    deinit { munmap(base, count) }

    /// Makes all bytes zero; the pages go back to the system until they are touched again.
    func clear() { madvise(base, count, MADV_DONTNEED) }
}
