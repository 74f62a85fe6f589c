internal import Streaming

/// A tab-separated file as GLUE has them: UTF-8, one row a line, no quoting (a `"` is an ordinary character).
///
/// A byte order mark at the start and a carriage return at the end of a line are left out. Rows are counted from 1 as
/// an editor counts lines, the header included. Blank lines are passed over.
struct TabSeparatedFile {
    let path: String
    let bytes: [UInt8]
    /// The names in the header line; empty without one.
    private(set) var header: [String] = []
    private var position = 0
    /// The number of the row read last.
    private(set) var row = 0

    init(_ path: String, hasHeader: Bool) throws(Failure) {
        self.path = path
        bytes = try Files.read(path)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        guard hasHeader else { return }
        guard let fields = next() else {
            throw Failure(.badData, "is empty, a header line is needed", at: path, remedy: "download the task again")
        }
        header = fields.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The byte ranges of the next row's fields, nil at the end.
    mutating func next() -> [Range<Int>]? {
        while position < bytes.count {
            let start = position
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            position = end + 1
            row += 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            if end > start { return fields(start..<end) }
        }
        return nil
    }

    private func fields(_ line: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = line.lowerBound
        for index in line where bytes[index] == UInt8(ascii: "\t") {
            found.append(start..<index)
            start = index + 1
        }
        found.append(start..<line.upperBound)
        return found
    }

    /// The number of a column, by its name in the header or as it is.
    func index(of column: GlueTask.Column) throws(Failure) -> Int {
        switch column {
        case .numbered(let number): return number
        case .named(let name):
            if let index = header.firstIndex(of: name) { return index }
            throw Failure(
                .badData, "has no column '\(name)'; its header is \(header.joined(separator: ", "))",
                at: "\(path): row 1",
                remedy: "check that --task and --data belong together")
        }
    }

    /// The failure that names the file and the row read last.
    func failure(_ message: String) -> Failure {
        Failure(.badData, message, at: "\(path): row \(row)", remedy: "mend the row, or download the task again")
    }
}
