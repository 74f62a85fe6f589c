public import GRDB
public import Streaming

internal import Foundation

/// Reads the columns of a row that may be damaged: NULL or another type is a failure, not a trap.
public struct RowReader {
    private let row: Row
    private let path: String

    /// - Parameter path: the index's file, named in failures.
    public init(row: Row, path: String) {
        self.row = row
        self.path = path
    }

    /// The value of `column`.
    public func value<Value: DatabaseValueConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(Failure) -> Value {
        guard let stored = row[column] as DatabaseValue?, let value = Value.fromDatabaseValue(stored) else {
            throw damaged(column)
        }
        return value
    }

    /// The whole number in `column`, which must lie in `range`.
    public func number(_ column: String, in range: ClosedRange<Int> = 0...1 << 50) throws(Failure) -> Int {
        let number = try value(column, as: Int.self)
        guard range.contains(number) else { throw damaged(column) }
        return number
    }

    /// The bytes in `column`.
    public func bytes(_ column: String) throws(Failure) -> [UInt8] {
        guard let stored = row[column] as DatabaseValue?, case .blob(let data) = stored.storage else {
            throw damaged(column)
        }
        return [UInt8](data)
    }

    /// The whole number in `column`, nil for NULL.
    public func optional(_ column: String) throws(Failure) -> Int? {
        guard let stored = row[column] as DatabaseValue?, !stored.isNull else { return nil }
        return try number(column)
    }

    private func damaged(_ column: String) -> Failure {
        Failure(
            .badData, "a row of the index has no proper \(column)", at: path,
            remedy: "restore the file, or build it again in a new folder")
    }
}
