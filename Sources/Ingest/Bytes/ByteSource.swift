internal import Streaming

/// A stream of bytes that is pulled piece by piece.
///
/// Not for two threads at once.
protocol ByteSource: AnyObject {
    /// What failures name: a path, or `-` for standard input.
    var path: String { get }
    /// Bytes of the stored (compressed) file taken so far.
    var consumed: Int { get }
    /// The next piece, never empty; nil at the end. All pieces but the last have `ByteSourceSize.piece` bytes.
    func next() throws(Failure) -> [UInt8]?
}

enum ByteSourceSize {
    /// Bytes in a piece: large enough to hide the cost of a call, small enough for a cache.
    static let piece = 256 << 10
}

/// A stream with its first piece taken already, so that others could look at it.
final class PeekedBytes: ByteSource {
    private let rest: any ByteSource
    private var first: [UInt8]?

    init(first: [UInt8]?, rest: any ByteSource) {
        self.first = first
        self.rest = rest
    }

    var path: String { rest.path }
    var consumed: Int { rest.consumed }

    func next() throws(Failure) -> [UInt8]? {
        if let piece = first.take() { return piece }
        return try rest.next()
    }
}
