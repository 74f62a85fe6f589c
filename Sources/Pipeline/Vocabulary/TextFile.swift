internal import Streaming

/// A plain text file, cut at white space into ranges of about a MiB.
///
/// Where there is none for 64 KiB, it is cut at a character: no word is so long.
struct TextFile: Sendable {
    private let file: ReadableFile
    private let step: Int
    private let search: Int

    /// - Parameters:
    ///   - step: bytes of a range, about.
    ///   - search: how far white space is looked for.
    init(_ path: String, step: Int = 1 << 20, search: Int = 1 << 16) throws(Failure) {
        file = try ReadableFile(path)
        (self.step, self.search) = (step, search)
        let head = try file.readUpTo(4, at: 0)
        let compressed: [[UInt8]] = [
            [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58],
        ]
        guard !compressed.contains(where: head.starts) else {
            throw Failure(
                .badData, "is compressed, plain text is needed", at: path,
                remedy: "unpack it, or make a corpus of it with 'tessera ingest'")
        }
    }

    /// Bytes of the file.
    var size: Int { file.size }

    /// The ranges before they are moved to white space; each byte is in one of them.
    var ranges: [Range<Int>] {
        stride(from: 0, to: size, by: step).map { $0..<min(size, $0 + step) }
    }

    /// The text of a range: from the first cut at or behind its beginning to the first at or behind its end.
    func text(_ range: Range<Int>) throws(Failure) -> [UInt8] {
        let (start, end) = (try cut(range.lowerBound), try cut(range.upperBound))
        return start < end ? try file.read(at: start, count: end - start) : []
    }

    private func cut(_ offset: Int) throws(Failure) -> Int {
        guard offset > 0, offset < size else { return min(max(0, offset), size) }
        var looked = 0
        while looked < search {
            let piece = try file.readUpTo(min(1 << 10, search - looked), at: offset + looked)
            if piece.isEmpty { return size }
            if let index = piece.firstIndex(where: { $0 == 0x20 || (0x09...0x0D).contains($0) }) {
                return offset + looked + index
            }
            looked += piece.count
        }
        let piece = try file.readUpTo(4, at: offset)
        return offset + (piece.firstIndex { $0 & 0xC0 != 0x80 } ?? 0)
    }
}
