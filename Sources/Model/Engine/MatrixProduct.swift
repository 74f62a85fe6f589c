internal import CKernels
internal import COneDNN
internal import COpenBLAS
internal import Streaming

/// Matrix products on the calling thread, by our own kernels or by a library.
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
        if library == .native { return kernels.packed_units(columns, inner, half) }
        return isHalf ? (inner * columns + 1) / 2 : 0
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
        guard library == .native else {
            if isHalf { round(factor, columns: columns(panels, of: factor.columns)) }
            return
        }
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
        let panels = panels ?? 0..<self.panels(b.columns)
        guard library == .native else {
            return byLibrary(a, transposed, rows, b, columns(panels, of: b.columns), c, adding)
        }
        var left = a.described(transposed: transposed)
        kernels.product(
            &left, rows.lowerBound, rows.count, b.words, b.columns, b.inner, half, panels.lowerBound, panels.count,
            c.base, c.stride, adding ? 1 : 0)
    }

    // MARK: libraries

    private func columns(_ panels: Range<Int>, of columns: Int) -> Range<Int> {
        min(columns, panels.lowerBound * panelWidth)..<min(columns, panels.upperBound * panelWidth)
    }

    private func byLibrary(
        _ a: Factor, _ transposed: Bool, _ rows: Range<Int>, _ b: PackedFactor, _ columns: Range<Int>,
        _ c: MatrixView, _ adding: Bool
    ) {
        let left = transposed ? a[columns: rows] : a[rows: rows]
        if isHalf { return halves(left, transposed, b, columns, c, adding) }
        let right = b.isTransposed ? b.source[rows: columns] : b.source[columns: columns]
        let beta: Float = adding ? 1 : 0
        if library == .openblas {
            return tblas_sgemm(
                transposed, b.isTransposed, c.rows, c.columns, b.inner, left.floats, left.stride, right.floats,
                right.stride, beta, c.base, c.stride)
        }
        let status = tdnnl_sgemm(
            transposed, b.isTransposed, c.rows, c.columns, b.inner, left.floats, left.stride, right.floats,
            right.stride, beta, c.base, c.stride)
        precondition(status == 0, "oneDNN refused a product of \(c.rows)x\(c.columns)x\(b.inner): \(status)")
    }

    /// The right factor rounded to bf16, laid out as its source.
    private func round(_ factor: PackedFactor, columns: Range<Int>) {
        let source = factor.source
        let target = UnsafeMutableRawPointer(factor.words).assumingMemoryBound(to: UInt16.self)
        let rows = factor.isTransposed ? columns : 0..<source.rows
        let across = factor.isTransposed ? 0..<source.columns : columns
        for row in rows {
            round(source[rows: row..<row + 1][columns: across], into: target + row * source.columns + across.lowerBound)
        }
    }

    /// One row.
    private func round(_ row: Factor, into target: UnsafeMutablePointer<UInt16>) {
        if row.isHalf {
            target.update(from: row.base.assumingMemoryBound(to: UInt16.self), count: row.columns)
        } else {
            kernels.to_bf16(row.floats, target, row.columns)
        }
    }

    private func halves(
        _ a: Factor, _ transposed: Bool, _ b: PackedFactor, _ columns: Range<Int>, _ c: MatrixView, _ adding: Bool
    ) {
        let stride = b.source.columns
        let words = UnsafeMutableRawPointer(b.words).assumingMemoryBound(to: UInt16.self)
        let right = words + (b.isTransposed ? columns.lowerBound * stride : columns.lowerBound)
        func multiply(_ left: UnsafePointer<UInt16>, _ leftStride: Int) {
            let status = tdnnl_bgemm(
                transposed, b.isTransposed, c.rows, c.columns, b.inner, left, leftStride, right, stride,
                adding ? 1 : 0, c.base, c.stride)
            precondition(status == 0, "oneDNN refused a product of \(c.rows)x\(c.columns)x\(b.inner): \(status)")
        }
        if a.isHalf { return multiply(a.base.assumingMemoryBound(to: UInt16.self), a.stride) }
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: a.rows * a.columns) { room in
            guard let base = room.baseAddress else { return }
            for row in 0..<a.rows { round(a[rows: row..<row + 1], into: base + row * a.columns) }
            multiply(base, a.columns)
        }
    }
}
