internal import Storage
internal import Streaming

/// A row on its way to a worker.
struct RawTableRow: Sendable {
    var bytes: [UInt8]
    /// Its number, from 1; the row of names does not count.
    var row: Int
    /// The line it begins on, from 1.
    var line: Int
    var dialect: TableDialect
    var columns: TableColumns
}

/// The rows of a table that are not blank.
///
/// Memory: one row of at most `maxPageBytes`, a piece of input and the names of the columns.
final class TableReader: ItemReader {
    private let source: any ByteSource
    private let configuration: IngestConfiguration
    private let dialect: TableDialect
    private var cutter: TableCutter
    private var columns: TableColumns?
    private var row = 0
    private var skipped = 0
    let site = SiteInformation()

    init(_ source: any ByteSource, kind: SourceEntry.Kind, _ configuration: IngestConfiguration) throws(Failure) {
        guard let first = try source.next() else { throw Compression.isEmpty(source.path) }
        try DumpHead.refuseSixteenBits(first, path: source.path)
        let mark = first.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        self.source = source
        self.configuration = configuration
        let usual: UInt8 = kind == .tsv ? 0x09 : UInt8(ascii: ",")
        dialect = TableDialect(
            delimiter: try configuration.tables.delimiterByte(usual: usual),
            quotes: configuration.tables.quoting == .rfc4180)
        cutter = TableCutter(
            PeekedBytes(first: Array(first[mark...]), rest: source), dialect, limit: configuration.maxPageBytes)
        skipped = mark
    }

    var consumed: Int { source.consumed }

    func next() throws(Failure) -> RawItem? {
        while let record = try cutter.next() {
            if record.line & 0xFF == 1 { try Cancellation.check() }
            skipped += record.rawBytes
            if record.fault == nil, record.bytes.isEmpty { continue }
            if columns == nil, try takeHeader(record) { continue }
            row += 1
            defer { skipped = 0 }
            return RawItem(content: content(record), rawBytes: skipped)
        }
        if columns == nil { throw Compression.isEmpty(source.path) }
        return nil
    }

    /// Settles the columns by the first row; true when that row is not data.
    private func takeHeader(_ record: TableRecord) throws(Failure) -> Bool {
        if let fault = record.fault {
            throw Failure(
                .badData, "its first row cannot be read: \(fault)", at: "\(source.path): line \(record.line)",
                remedy: "mend that row, or give --quoting none")
        }
        let first = TableRow(record.bytes, dialect)
        let isNames = configuration.tables.header == .row
        var names: [String] = []
        for index in first.fields.indices {
            names.append(RecordText.label(first.field(index)).trimmingSpaces)
        }
        columns = try TableColumns(
            isNames ? names : nil, count: names.count, configuration.fields, path: source.path)
        return isNames
    }

    private func content(_ record: TableRecord) -> RawItem.Content {
        if let fault = record.fault {
            return .rejected(
                Rejection(
                    externalID: "row \(row)",
                    reason: record.isTooLong ? "too-large" : record.isCut ? RawItem.damaged : "malformed",
                    detail: "row \(row), line \(record.line), byte \(record.offset): \(fault)"
                        + (record.isCut ? "; the file ends there" : "")))
        }
        guard let columns else { return .rejected(Rejection(externalID: "row \(row)", reason: "malformed")) }
        return .row(
            RawTableRow(bytes: record.bytes, row: row, line: record.line, dialect: dialect, columns: columns))
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let bytes = Array(utf8)
        let kept = bytes.drop(while: isSpace)
        let end = kept.lastIndex { !isSpace($0) }
        return end.map { String(decoding: kept[...$0], as: UTF8.self) } ?? ""
    }
}
