internal import Foundation
internal import Streaming

/// A window over a byte stream that a cutter looks through.
///
/// What is done with is dropped, more is loaded when asked for.
struct RollingBuffer {
    let source: any ByteSource
    /// The bytes in the window.
    private(set) var bytes: [UInt8] = []
    /// Where the window's first byte stands in the (decompressed) stream.
    private(set) var base = 0
    private(set) var ended = false

    init(_ source: any ByteSource) { self.source = source }

    /// Loads the next piece and drops what stands before index `kept`: all indices then shrink by `kept`.
    /// - Returns: whether anything was loaded; false at the end of the stream, and then nothing is dropped.
    mutating func load(keepingFrom kept: Int) throws(Failure) -> Bool {
        guard !ended else { return false }
        guard let piece = try source.next() else {
            ended = true
            return false
        }
        base += kept
        if kept == bytes.count {
            bytes = piece
        } else {
            if kept > 0 { bytes.removeSubrange(0..<kept) }
            bytes += piece
        }
        return true
    }

    /// The first `byte` at or after index `start` and before `end` (the window's end), nil when there is none.
    @inline(__always)
    func first(_ byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
        let end = end ?? bytes.count
        guard start < end else { return nil }
        return bytes.withUnsafeBytes { window in
            guard let base = window.baseAddress else { return nil }
            return memchr(base + start, Int32(byte), end - start).map { UnsafeRawPointer($0) - base }
        }
    }

    /// Whether `text` stands at index `at`; nil when the window ends inside what agrees so far.
    @inline(__always)
    func matches(_ text: StaticString, at: Int) -> Bool? {
        let available = min(text.utf8CodeUnitCount, bytes.count - at)
        for index in 0..<max(0, available) where bytes[at + index] != text.utf8Start[index] { return false }
        return available == text.utf8CodeUnitCount ? true : nil
    }
}
