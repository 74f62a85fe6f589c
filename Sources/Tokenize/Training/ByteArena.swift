internal import Streaming

/// Byte strings that stay where they are put until all are given up at once.
struct ByteArena: ~Copyable {
    private var chunks: [Chunk] = []
    private var used = 0
    private let chunkBytes: Int
    /// Bytes taken from the system.
    private(set) var bytes = 0

    private final class Chunk {
        let memory: PageMemory
        init(_ count: Int) throws(Failure) { memory = try PageMemory(count: count) }
    }

    /// - Parameter chunkBytes: what is taken from the system at a time; a longer string gets as much as it needs.
    init(chunkBytes: Int) { self.chunkBytes = chunkBytes }

    /// What storing `length` bytes would take from the system.
    func cost(of length: Int) -> Int {
        if let last = chunks.last, used + length <= last.memory.count { return 0 }
        return max(chunkBytes, length)
    }

    /// Copies a string.
    mutating func store(_ source: UnsafePointer<UInt8>, _ length: Int) throws(Failure) -> UnsafePointer<UInt8> {
        let more = cost(of: length)
        if more > 0 {
            chunks.append(try Chunk(more))
            bytes += more
            used = 0
        }
        let place = chunks[chunks.count - 1].memory.base + used
        place.copyMemory(from: source, byteCount: length)
        used += length
        return UnsafePointer(place.assumingMemoryBound(to: UInt8.self))
    }

    /// Gives all strings up.
    mutating func removeAll() {
        chunks.removeAll()
        (used, bytes) = (0, 0)
    }
}
