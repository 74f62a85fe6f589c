internal import CKernels

/// Remembers the ids of short tokens, so that a frequent word is looked up with one comparison.
///
/// Two tables of sets of two entries, for keys of up to 16 and of up to 32 bytes; a new token takes the place of the
/// one of its set that was found less recently. So memory is 1.8 MB whatever the text, and results never depend on
/// what is remembered.
struct WordCache: ~Copyable {
    /// Longest token that is remembered, in bytes.
    static let longestToken = CK_RUN_BYTES
    /// Longest run counted in one piece by `WordCounter`, in bytes.
    static let longestRun = 64

    private static let wordSets = 1 << 14
    private static let runSets = 1 << 12
    private static let poolCapacity = 1 << 16

    private(set) var tables: ck_word_cache

    init() {
        tables = ck_word_cache(
            words: WordCache.zeros(2 * WordCache.wordSets), runs: WordCache.zeros(2 * WordCache.runSets),
            pool: .allocate(capacity: WordCache.poolCapacity), word_sets: WordCache.wordSets,
            run_sets: WordCache.runSets, pool_capacity: WordCache.poolCapacity, pool_count: 0)
    }

    deinit {
        tables.words.deallocate()
        tables.runs.deallocate()
        tables.pool.deallocate()
    }

    /// Memory aligned to cache lines, so that a set of words is one.
    private static func zeros<Entry>(_ count: Int) -> UnsafeMutablePointer<Entry> {
        let bytes = count * MemoryLayout<Entry>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        return memory.assumingMemoryBound(to: Entry.self)
    }

    /// Remembers the ids of a token of up to `longestToken` bytes that was not found.
    mutating func remember(_ token: UnsafeBufferPointer<UInt8>, _ ids: UnsafeBufferPointer<UInt32>) {
        guard let bytes = token.baseAddress, let first = ids.baseAddress else { return }
        ck_remember(bytes, token.count, first, ids.count, &tables)
    }
}
