/// The fields of one row.
struct TableRow {
    private let bytes: [UInt8]
    private let quotes: Bool
    /// Where each field stands, with its quotes.
    let fields: [Range<Int>]

    /// - Parameter bytes: a row that `TableCutter` found to be sound.
    init(_ bytes: [UInt8], _ dialect: TableDialect) {
        self.bytes = bytes
        quotes = dialect.quotes
        var fields: [Range<Int>] = []
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            var at = 0
            var isQuoted = dialect.quotes && bytes.first == TableDialect.quote
            if isQuoted { at = 1 }
            while at < bytes.count {
                let byte = bytes[at]
                at += 1
                if isQuoted {
                    // A doubled quote closes and opens again, which comes to the same.
                    if byte == TableDialect.quote { isQuoted = false }
                } else if byte == dialect.delimiter {
                    fields.append(start..<(at - 1))
                    start = at
                    isQuoted = dialect.quotes && at < bytes.count && bytes[at] == TableDialect.quote
                    if isQuoted { at += 1 }
                } else if byte == TableDialect.quote, dialect.quotes, bytes[start] == TableDialect.quote {
                    isQuoted = true
                }
            }
            fields.append(start..<bytes.count)
        }
        self.fields = fields
    }

    /// The field without its quotes, doubled ones made single.
    func field(_ index: Int) -> [UInt8] {
        let range = fields[index]
        guard quotes, range.count >= 2, bytes[range.lowerBound] == TableDialect.quote else {
            return Array(bytes[range])
        }
        let inner = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
        guard inner.contains(TableDialect.quote) else { return Array(inner) }
        var result: [UInt8] = []
        result.reserveCapacity(inner.count)
        var isSecond = false
        for byte in inner {
            isSecond = byte == TableDialect.quote && !isSecond
            if !isSecond { result.append(byte) }
        }
        return result
    }
}
