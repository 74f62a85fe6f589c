internal import CKernels
internal import Foundation

/// Remembers the ids of short tokens, so that a frequent word is looked up with one comparison.
///
/// Two tables of sets of two entries, for keys of up to 16 and of up to 32 bytes; a new token takes the place of the
/// one of its set that was found less recently. So memory is at most 5.5 MB whatever the text, and results never depend on
/// what is remembered.
struct WordCache: ~Copyable {
    /// Longest token that is remembered, in bytes.
    static let longestToken = CK_RUN_BYTES
    /// Longest run counted in one piece by `WordCounter`, in bytes.
    static let longestRun = 64

    private static let wordSets = 1 << 16
    private static let runSets = 1 << 13
    private static let poolCapacity = 1 << 16

    private(set) var tables: ck_word_cache
    /// What the tables lie in.
    private let memory: UnsafeMutableRawPointer

    init() {
        let wordBytes = 2 * WordCache.wordSets * MemoryLayout<ck_word>.stride
        let runBytes = 2 * WordCache.runSets * MemoryLayout<ck_run>.stride
        let poolBytes = WordCache.poolCapacity * MemoryLayout<UInt32>.stride
        // Zeros that take no memory before they are first written.
        guard let memory = calloc(1, wordBytes + runBytes + poolBytes + 63) else {
            fatalError("no memory for a word cache")
        }
        // A set of words is one cache line.
        let start = memory.alignedUp(toMultipleOf: 64)
        self.memory = memory
        tables = ck_word_cache(
            words: start.assumingMemoryBound(to: ck_word.self),
            runs: (start + wordBytes).assumingMemoryBound(to: ck_run.self),
            pool: (start + wordBytes + runBytes).assumingMemoryBound(to: UInt32.self),
            word_sets: WordCache.wordSets, run_sets: WordCache.runSets, pool_capacity: WordCache.poolCapacity,
            pool_count: 0)
    }

    deinit { free(memory) }

    /// Remembers the ids of a token of up to `longestToken` bytes that was not found.
    mutating func remember(_ token: UnsafeBufferPointer<UInt8>, _ ids: UnsafeBufferPointer<UInt32>) {
        guard let bytes = token.baseAddress, let first = ids.baseAddress else { return }
        ck_remember(bytes, token.count, first, ids.count, &tables)
    }
}
