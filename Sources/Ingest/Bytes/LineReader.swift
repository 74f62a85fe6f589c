internal import Foundation
internal import Streaming

/// The lines of a byte stream, each at most `limit` bytes; what is longer is passed over, not kept.
struct LineReader {
    /// A line without its line feed.
    struct Line {
        var bytes: [UInt8]
        /// Bytes of the stream it took, line feed included.
        var rawBytes: Int
        var isTooLong: Bool
        /// Whether the stream ends with it, without a line feed.
        var isCut = false
    }

    let source: any ByteSource
    let limit: Int
    private var piece: [UInt8] = []
    private var position = 0

    init(_ source: any ByteSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    /// The next line, nil at the end; the last one needs no line feed.
    mutating func next() throws(Failure) -> Line? {
        var line = Line(bytes: [], rawBytes: 0, isTooLong: false)
        while true {
            if position == piece.count {
                guard let next = try source.next() else {
                    line.isCut = true
                    return line.rawBytes > 0 ? line : nil
                }
                piece = next
                position = 0
            }
            let end = LineReader.lineFeed(piece, from: position)
            let stop = end ?? piece.count
            if line.bytes.count + stop - position > limit {
                line.isTooLong = true
                line.bytes = []
            }
            if !line.isTooLong { line.bytes += piece[position..<stop] }
            line.rawBytes += stop - position + (end == nil ? 0 : 1)
            position = end.map { $0 + 1 } ?? piece.count
            if end != nil { return line }
        }
    }

    private static func lineFeed(_ bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            memchr(bytes.baseAddress! + start, 0x0A, bytes.count - start).map {
                UnsafeRawPointer($0) - bytes.baseAddress!
            }
        }
    }
}
