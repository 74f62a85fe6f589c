internal import Streaming

/// A stream of bytes that is pulled piece by piece.
///
/// Not for two threads at once.
protocol ByteSource: AnyObject {
    /// What failures name: a path, or `-` for standard input.
    var path: String { get }
    /// Bytes of the stored (compressed) file taken so far.
    var consumed: Int { get }
    /// The next piece, never empty; nil at the end.
    func next() throws(Failure) -> [UInt8]?
    /// Where the piece that `next()` gave last can be found again, nil when only by reading from the beginning.
    var lastPiece: SeekPoint? { get }
    /// After `next()` threw: whether it can go on behind the damage, with bytes missing between.
    func recover() -> Bool
}

/// A place in a stored file from which reading can begin.
struct SeekPoint: Sendable, Equatable {
    /// Bits before it; whole bytes unless the file is in bzip2.
    var bit: Int
}

extension ByteSource {
    var lastPiece: SeekPoint? { nil }
    func recover() -> Bool { false }
}

enum ByteSourceSize {
    /// Bytes in a piece: large enough to hide the cost of a call, small enough for a cache.
    static let piece = 256 << 10
}

/// A stream with its first piece taken already, so that others could look at it.
final class PeekedBytes: ByteSource {
    private let rest: any ByteSource
    private let firstPoint: SeekPoint?
    private var first: [UInt8]?
    private var failure: Failure?
    private var isFirst = true

    /// - Parameters:
    ///   - first: what `rest` gave last.
    ///   - failure: what it threw instead.
    ///   - rest: the stream.
    init(first: [UInt8]?, failure: Failure? = nil, rest: any ByteSource) {
        self.first = first
        self.failure = failure
        self.rest = rest
        firstPoint = rest.lastPiece
    }

    var path: String { rest.path }
    var consumed: Int { rest.consumed }
    var lastPiece: SeekPoint? { isFirst ? firstPoint : rest.lastPiece }
    func recover() -> Bool { rest.recover() }

    func next() throws(Failure) -> [UInt8]? {
        if let piece = first.take() { return piece }
        isFirst = false
        if let failure = failure.take() { throw failure }
        return try rest.next()
    }
}
