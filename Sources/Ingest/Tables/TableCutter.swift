internal import Streaming

/// A row of a table as it stands in the file.
struct TableRecord: Equatable {
    /// The bytes without the line end; none when there is a fault.
    var bytes: [UInt8] = []
    /// Bytes of the stream it took, line end included.
    var rawBytes = 0
    /// The number of the line it begins on, from 1.
    var line = 0
    /// What is wrong with it.
    var fault: String?
    /// Whether the fault is its length.
    var isTooLong = false
    /// Whether it has a fault and the table ends with it.
    var isCut = false
    /// Where it begins in the table, in bytes.
    var offset = 0
}

/// Cuts a table into rows: line by line, but for quoted fields, which may hold line ends.
///
/// A quoted field that is not closed as RFC 4180 says costs its first line alone: the next row begins on the next line,
/// so that one stray quote does not swallow what follows. That takes linear time: every line is looked at once more at
/// most, because what ends the search is an odd run of quotes, which no later search passes again.
///
/// Memory: one row of at most `limit` bytes and a piece of input.
struct TableCutter {
    private var window: RollingBuffer
    private let dialect: TableDialect
    private let limit: Int
    /// Where the row at hand begins in the window.
    private var start = 0
    private var line = 1
    private var offset = 0

    init(_ source: any ByteSource, _ dialect: TableDialect, limit: Int) {
        window = RollingBuffer(source)
        self.dialect = dialect
        self.limit = limit
    }

    /// The next row, nil at the end.
    mutating func next() throws(Failure) -> TableRecord? {
        if start == window.bytes.count, try !load() { return nil }
        // Most lines hold no quote and are rows.
        var end = window.first(TableDialect.lineFeed, from: start)
        while end == nil, window.bytes.count - start <= limit {
            let searched = window.bytes.count - start
            guard try load() else { break }
            end = window.first(TableDialect.lineFeed, from: start + searched)
        }
        let stop = end ?? window.bytes.count
        if dialect.quotes, window.first(TableDialect.quote, from: start, to: stop) != nil { return try quotedRow() }
        if stop - start > limit { return try fault("") }
        return row(to: stop)
    }

    /// Loads more behind the row at hand, which moves to the window's beginning.
    private mutating func load() throws(Failure) -> Bool {
        guard try window.load(keepingFrom: start) else { return false }
        start = 0
        return true
    }

    /// The row up to the line feed or the end of the stream at `stop`.
    private mutating func row(to stop: Int, lines: Int = 1) -> TableRecord {
        var record = TableRecord(line: line, offset: offset)
        let hasReturn = stop > start && window.bytes[stop - 1] == TableDialect.carriageReturn
        record.bytes = Array(window.bytes[start..<(hasReturn ? stop - 1 : stop)])
        pass(to: min(stop + 1, window.bytes.count), lines: lines, &record)
        return record
    }

    private mutating func pass(to next: Int, lines: Int, _ record: inout TableRecord) {
        record.rawBytes += next - start
        offset += next - start
        start = next
        line += lines
    }

    /// Gives up the row's first line, however long it is; the next row begins behind it.
    private mutating func fault(_ message: String) throws(Failure) -> TableRecord {
        var record = TableRecord(line: line, fault: message, offset: offset)
        while true {
            let end = window.first(TableDialect.lineFeed, from: start)
            pass(to: end.map { $0 + 1 } ?? window.bytes.count, lines: end == nil ? 0 : 1, &record)
            if end != nil { break }
            guard try load() else {
                record.isCut = true
                break
            }
        }
        if record.rawBytes > limit + 2 {
            (record.fault, record.isTooLong) = ("has more than \(limit) bytes", true)
        }
        return record
    }

    /// A row with a quote in its first line, field by field.
    private mutating func quotedRow() throws(Failure) -> TableRecord {
        var at = 0
        var lines = 1
        while true {
            // `at` counts from the row's beginning, because the window moves.
            if try byte(at) == TableDialect.quote {
                guard let end = try endOfQuoted(from: at + 1, &lines) else {
                    let isAtLimit = window.bytes.count - start > limit
                    return try fault("a quoted field is not closed" + (isAtLimit ? " within \(limit) bytes" : ""))
                }
                at = end
                if try byte(at) == TableDialect.carriageReturn { at += 1 }
                let follower = try byte(at)
                let isReturn = window.bytes[start + at - 1] == TableDialect.carriageReturn
                guard
                    follower == nil || follower == TableDialect.lineFeed || (follower == dialect.delimiter && !isReturn)
                else { return try fault("a quoted field is followed by neither a delimiter nor a line end") }
            } else {
                at = try endOfBare(from: at)
            }
            guard try byte(at) == dialect.delimiter else { break }
            at += 1
        }
        guard at <= limit else { return try fault("has more than \(limit) bytes") }
        return row(to: start + at, lines: lines)
    }

    private mutating func byte(_ at: Int) throws(Failure) -> UInt8? {
        while start + at >= window.bytes.count { guard try load() else { return nil } }
        return window.bytes[start + at]
    }

    /// Where the quote that closes a field was, plus one; nil when there is none within the limit.
    private mutating func endOfQuoted(from: Int, _ lines: inout Int) throws(Failure) -> Int? {
        var at = from
        while true {
            guard let quote = window.first(TableDialect.quote, from: start + at) else {
                lines += lineFeeds(start + at, window.bytes.count)
                at = window.bytes.count - start
                guard at <= limit, try load() else { return nil }
                continue
            }
            guard quote - start <= limit else { return nil }
            lines += lineFeeds(start + at, quote)
            at = quote - start + 1
            guard try byte(at) == TableDialect.quote else { return at }
            at += 1
        }
    }

    private func lineFeeds(_ from: Int, _ to: Int) -> Int {
        window.bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            for index in from..<to where bytes[index] == TableDialect.lineFeed { count += 1 }
            return count
        }
    }

    private mutating func endOfBare(from: Int) throws(Failure) -> Int {
        var at = from
        while at <= limit, let byte = try byte(at), byte != dialect.delimiter, byte != TableDialect.lineFeed { at += 1 }
        return at
    }
}
