internal import Storage
internal import Streaming

/// The lines of a JSON Lines file that are not blank.
final class JSONLinesReader: ItemReader {
    private let source: any ByteSource
    private var lines: LineReader
    private var row = 0
    private var offset = 0
    let site = SiteInformation()

    init(_ source: any ByteSource, maxBytes: Int) {
        self.source = source
        lines = LineReader(source, limit: maxBytes)
    }

    var consumed: Int { source.consumed }

    func next() throws(Failure) -> RawItem? {
        var skipped = 0
        while var line = try lines.next() {
            row += 1
            let start = offset
            offset += line.rawBytes
            if row & 0xFF == 1 { try Cancellation.check() }
            if row == 1 {
                try DumpHead.refuseSixteenBits(line.bytes, path: source.path)
                if line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
            }
            let rawBytes = line.rawBytes + skipped
            if line.isTooLong {
                return RawItem(
                    content: .rejected(
                        Rejection(
                            externalID: "row \(row)", reason: "too-large", detail: "the line has \(line.rawBytes) bytes"
                        )),
                    rawBytes: rawBytes)
            }
            let isBlank = line.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if !isBlank {
                return RawItem(
                    content: .line(line.bytes, row: row, cutAt: line.isCut ? start : nil), rawBytes: rawBytes)
            }
            skipped += line.rawBytes
        }
        if row == 0 { throw Compression.isEmpty(source.path) }
        return nil
    }
}
