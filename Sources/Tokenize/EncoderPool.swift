internal import Synchronization

/// Encoders for any number of threads: each call has one for itself, and its cache serves the next.
///
/// An encoder is taken out of `idle` and put back under the lock, so that no two threads ever hold the same. Hence the
/// unchecked conformance.
public final class EncoderPool: @unchecked Sendable {
    private let tokenizer: WordPieceTokenizer
    private let lock = Mutex(())
    private var idle: [WordPieceEncoder] = []

    /// Creates an empty pool; there will be as many encoders as calls at the same time.
    public init(_ tokenizer: WordPieceTokenizer) { self.tokenizer = tokenizer }

    /// Calls `body` with an encoder that no other thread uses meanwhile.
    public func withEncoder<Result>(_ body: (WordPieceEncoder) throws -> Result) rethrows -> Result {
        let encoder = lock.withLock { _ in idle.popLast() } ?? tokenizer.makeEncoder()
        defer { lock.withLock { _ in idle.append(encoder) } }
        return try body(encoder)
    }
}
