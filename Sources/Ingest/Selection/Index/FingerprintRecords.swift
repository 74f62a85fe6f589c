internal import Streaming

/// Records of one size on disk, numbered from 0; the last ones are still in memory.
final class FingerprintRecords {
    private static let bufferWords = 1 << 16

    /// Records so far.
    private(set) var count = 0
    private let width: Int
    private let file: ScratchFile
    private var written = 0
    private var buffer: [UInt64] = []

    /// - Parameter width: words of a record.
    init(_ directory: String, width: Int) throws(Failure) {
        self.width = width
        file = try ScratchFile(directory)
    }

    /// Appends a record.
    func append(_ record: [UInt64]) throws(Failure) {
        buffer += record
        count += 1
        guard buffer.count == (count - written) * width else { throw Failure(.bug, "a record has another size") }
        if buffer.count >= Self.bufferWords {
            try file.append(buffer)
            written = count
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// Fills the front of `record` with the record of that number; false when there is none.
    func read(_ number: UInt64, into record: inout [UInt64]) throws(Failure) -> Bool {
        guard number < UInt64(count) else { return false }
        let number = Int(number)
        if number < written {
            try file.read(width, at: number * width, into: &record)
        } else {
            record.replaceSubrange(0..., with: buffer[(number - written) * width..<(number - written + 1) * width])
        }
        return true
    }
}
