internal import Streaming
internal import Synchronization

/// Scratch memory for as many threads as decode at once.
final class Bzip2ScratchPool: Sendable {
    private let free = Mutex<[Bzip2Scratch]>([])

    /// Decodes blocks, the sound ones fast, the others as libbz2 says.
    func decode(_ blocks: [Bzip2Block]) throws(Failure) -> [Bzip2Block.Decoded] {
        let idle = free.withLock { $0.popLast() }
        let scratch = if let idle { idle } else { try Bzip2Scratch() }
        defer { free.withLock { $0.append(scratch) } }
        var results: [Bzip2Block.Decoded] = []
        for (block, bytes) in zip(blocks, scratch.decode(blocks)) {
            if let bytes { results.append(.bytes(bytes)) } else { results.append(try block.decode()) }
        }
        return results
    }
}
