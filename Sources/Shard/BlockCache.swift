internal import Synchronization

/// The blocks used last, a fixed number of them, for any number of threads.
final class BlockCache: Sendable {
    private struct Entry {
        let block: Int
        let content: DecodedBlock
    }

    private let capacity: Int
    /// The least recently used first.
    private let entries = Mutex<[Entry]>([])

    init(capacity: Int) { self.capacity = capacity }

    /// The block if it is here; it then counts as used last.
    func find(_ block: Int) -> DecodedBlock? {
        entries.withLock { entries in
            guard let index = entries.lastIndex(where: { $0.block == block }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.content
        }
    }

    /// Keeps a block in place of the one used longest ago.
    func insert(_ content: DecodedBlock, as block: Int) {
        entries.withLock { entries in
            guard !entries.contains(where: { $0.block == block }) else { return }
            if entries.count >= capacity { entries.removeFirst() }
            entries.append(Entry(block: block, content: content))
        }
    }
}
