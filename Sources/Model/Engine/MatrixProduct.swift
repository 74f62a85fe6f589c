internal import CKernels
internal import COpenBLAS
internal import Streaming

/// Matrix products on the calling thread, by our own kernels or by OpenBLAS.
///
/// Sums go along the inner dimension in an order that it alone decides, so a product may be cut into rows and panels of
/// columns as one likes, and no result depends on the number of threads.
struct MatrixProduct: Sendable {
    let kernels: ck_kernels
    let library: ProductLibrary.Choice
    /// Whether factors are rounded to bf16.
    let isHalf: Bool

    private var half: Int32 { isHalf ? 1 : 0 }

    /// Words of scratch for `packed`.
    func packedWords(inner: Int, columns: Int) -> Int {
        library == .native ? kernels.packed_units(columns, inner, half) : 0
    }

    /// Columns of a panel, and how many panels a right factor has.
    var panelWidth: Int { kernels.panel_width }
    func panels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth }

    /// A right factor whose panels are still to be packed into `words`.
    func unpacked(_ source: Factor, transposed: Bool, words: UnsafeMutablePointer<UInt32>) -> PackedFactor {
        PackedFactor(source: source, isTransposed: transposed, words: words)
    }

    /// Packs some panels of a right factor.
    func pack(_ factor: PackedFactor, panels: Range<Int>) {
        guard library == .native else { return }
        var source = factor.source.described(transposed: factor.isTransposed)
        kernels.pack_right(
            &source, factor.columns, factor.inner, half, panels.lowerBound, panels.count, factor.words)
    }

    /// A right factor, packed on the calling thread.
    func packed(_ source: Factor, transposed: Bool, words: UnsafeMutablePointer<UInt32>) -> PackedFactor {
        let factor = unpacked(source, transposed: transposed, words: words)
        pack(factor, panels: 0..<panels(factor.columns))
        return factor
    }

    /// c = op(a)[rows] b[panels], or added to c, which holds these rows and columns alone.
    func multiply(
        _ a: Factor, transposed: Bool = false, rows: Range<Int>? = nil, _ b: PackedFactor, panels: Range<Int>? = nil,
        into c: MatrixView, adding: Bool = false
    ) {
        let rows = rows ?? 0..<(transposed ? a.columns : a.rows)
        assert((transposed ? a.rows : a.columns) == b.inner && c.rows == rows.count, "sizes differ")
        guard c.rows > 0, c.columns > 0 else { return }
        guard library == .native else {
            let first = (panels?.lowerBound ?? 0) * panelWidth
            return openBLAS(a, transposed, rows, b, first..<first + c.columns, c, adding)
        }
        var left = a.described(transposed: transposed)
        let panels = panels ?? 0..<self.panels(b.columns)
        kernels.product(
            &left, rows.lowerBound, rows.count, b.words, b.columns, b.inner, half, panels.lowerBound, panels.count,
            c.base, c.stride, adding ? 1 : 0)
    }

    private func openBLAS(
        _ a: Factor, _ transposed: Bool, _ rows: Range<Int>, _ b: PackedFactor, _ columns: Range<Int>,
        _ c: MatrixView, _ adding: Bool
    ) {
        let left = transposed ? a[columns: rows] : a[rows: rows]
        let right = b.isTransposed ? b.source[rows: columns] : b.source[columns: columns]
        tblas_sgemm(
            transposed, b.isTransposed, c.rows, c.columns, b.inner, left.floats, left.stride, right.floats,
            right.stride, adding ? 1 : 0, c.base, c.stride)
    }
}
