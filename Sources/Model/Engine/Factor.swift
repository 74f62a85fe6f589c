internal import CKernels

/// A factor of a product as it lies in memory: fp32 or bf16, with a stride.
///
/// It is read alone; hence the unchecked conformance.
struct Factor: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let rows: Int
    let columns: Int
    let stride: Int
    let isHalf: Bool

    init(_ matrix: MatrixView) {
        self.init(
            base: UnsafeMutableRawPointer(matrix.base), rows: matrix.rows, columns: matrix.columns,
            stride: matrix.stride, isHalf: false)
    }

    init(_ matrix: StoredMatrix) {
        self.init(
            base: matrix.base, rows: matrix.rows, columns: matrix.columns, stride: matrix.columns,
            isHalf: matrix.isHalf)
    }

    /// The bf16 numbers at the beginning of each row's memory.
    init(halvesOf matrix: MatrixView) {
        self.init(
            base: UnsafeMutableRawPointer(matrix.base), rows: matrix.rows, columns: matrix.columns,
            stride: 2 * matrix.stride, isHalf: true)
    }

    private init(base: UnsafeMutableRawPointer, rows: Int, columns: Int, stride: Int, isHalf: Bool) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
        self.isHalf = isHalf
    }

    /// Some of the rows.
    subscript(rows range: Range<Int>) -> Factor {
        Factor(
            base: base + range.lowerBound * stride * (isHalf ? 2 : 4), rows: range.count, columns: columns,
            stride: stride, isHalf: isHalf)
    }

    /// Some of the columns.
    subscript(columns range: Range<Int>) -> Factor {
        Factor(
            base: base + range.lowerBound * (isHalf ? 2 : 4), rows: rows, columns: range.count, stride: stride,
            isHalf: isHalf)
    }

    /// The fp32 numbers.
    var floats: UnsafePointer<Float> {
        assert(!isHalf, "a bf16 factor is no fp32 factor")
        return UnsafePointer(base.assumingMemoryBound(to: Float.self))
    }

    /// For the kernels; the element (i, j) of the factor is (j, i) in memory when `transposed`.
    func described(transposed: Bool) -> ck_matrix {
        ck_matrix(base: base, stride: stride, half: isHalf ? 1 : 0, transposed: transposed ? 1 : 0)
    }
}

/// The right factor of a product, made ready for many left ones.
struct PackedFactor: @unchecked Sendable {
    let source: Factor
    let isTransposed: Bool
    /// The panels, where our own kernels multiply.
    let words: UnsafeMutablePointer<UInt32>

    /// Rows and columns of op(source).
    var inner: Int { isTransposed ? source.columns : source.rows }
    var columns: Int { isTransposed ? source.rows : source.columns }
}
