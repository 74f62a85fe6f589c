/// A row-major matrix in memory that somebody else owns: an arena, the parameters or their gradients.
///
/// Threads that share one write different rows or columns of it; hence the unchecked conformance.
public struct MatrixView: @unchecked Sendable {
    /// The first float.
    public let base: UnsafeMutablePointer<Float>
    /// Rows.
    public let rows: Int
    /// Columns.
    public let columns: Int
    /// Floats from one row to the next.
    let stride: Int

    init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }

    /// The start of a row.
    public func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }

    /// Some of the rows.
    public subscript(rows range: Range<Int>) -> MatrixView {
        MatrixView(row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
    }

    /// Some of the columns.
    subscript(columns range: Range<Int>) -> MatrixView {
        MatrixView(base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// All the floats of a dense matrix, row after row.
    public var values: [Float] { Array(UnsafeBufferPointer(start: base, count: rows * columns)) }
}
