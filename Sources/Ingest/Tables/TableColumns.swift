internal import Streaming

/// Which column holds what.
struct TableColumns: Sendable, Equatable {
    /// Columns of the table; a row with another number is damaged.
    let count: Int
    /// The column of each `RecordField`, nil when the table has none.
    private let columns: [Int?]

    /// By the first row's names or by numbers.
    /// - Parameters:
    ///   - names: the first row when it names the columns.
    ///   - count: the fields of the first row.
    init(_ names: [String]?, count: Int, _ fields: RecordFields, path: String) throws(Failure) {
        self.count = count
        var columns: [Int?] = []
        for name in fields.all { columns.append(TableColumns.find(name, names, count)) }
        self.columns = columns
        let missing = fields.chosen.first { !$0.isEmpty && TableColumns.find($0, names, count) == nil }
        if let missing = missing ?? (self[.text] == nil ? fields.text : nil) {
            throw TableColumns.absent(missing, names, count, path)
        }
    }

    subscript(_ field: RecordField) -> Int? { columns[field.rawValue] }

    /// A name of the header wins over a number.
    private static func find(_ name: String, _ names: [String]?, _ count: Int) -> Int? {
        if name.isEmpty { return nil }
        if let index = names?.firstIndex(of: name) { return index }
        guard let number = Int(name), (1...max(1, count)).contains(number) else { return nil }
        return number - 1
    }

    private static func absent(_ name: String, _ names: [String]?, _ count: Int, _ path: String) -> Failure {
        let known = names.map { "its columns are " + $0.map { "'\($0)'" }.joined(separator: ", ") }
        return Failure(
            .badData, "has no column '\(name)'; \(known ?? "it has \(count) columns and no names for them")", at: path,
            remedy:
                "name a column or its number with --text-field and the like; --delimiter and --header tell the shape")
    }
}
