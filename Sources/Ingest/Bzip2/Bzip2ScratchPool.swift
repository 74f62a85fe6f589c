internal import Streaming
internal import Synchronization

/// Scratch memory for as many threads as decode at once.
final class Bzip2ScratchPool: Sendable {
    private let free = Mutex<[Bzip2Scratch]>([])

    /// Decodes a block: a sound one fast, any other as libbz2 says.
    func decode(_ block: Bzip2Block) throws(Failure) -> Bzip2Block.Decoded {
        let idle = free.withLock { $0.popLast() }
        let scratch = if let idle { idle } else { try Bzip2Scratch() }
        defer { free.withLock { $0.append(scratch) } }
        if let bytes = scratch.decode(block) { return .bytes(bytes) }
        return try block.decode()
    }
}
