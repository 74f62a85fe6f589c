internal import CKernels
internal import Streaming

/// What a layer computes with: threads, kernels of one instruction set, products, scratch memory.
///
/// The kernel table is a constant; the arena is used by the thread that runs the model alone, between parallel loops.
struct Engine: @unchecked Sendable {
    let pool: WorkerPool
    let kernels: ck_kernels
    let products: MatrixProduct
    let arena: ActivationArena
    let unwritten = UnwrittenGradients()

    /// Whether rows kept for backward are bf16.
    var isHalf: Bool { products.isHalf }

    /// total += the rows of `partials`, in order.
    func add(_ partials: MatrixView, to total: UnsafeMutablePointer<Float>) {
        let sums = MatrixView(total, rows: 1, columns: partials.columns)
        let width = 512
        pool.parallelFor((partials.columns + width - 1) / width) { index in
            let count = min(width, partials.columns - index * width)
            kernels.add_partials(partials.base, partials.rows, partials.stride, sums.base, index * width, count)
        }
    }

    /// Column sums of x, added to `total`.
    func addColumnSums(_ x: Factor, to total: UnsafeMutablePointer<Float>) {
        let mark = arena.mark
        defer { arena.release(mark) }
        let panels = RowPanels(x.rows)
        let partials = arena.matrix(panels.count, x.columns)
        pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            kernels.column_sums(
                x[rows: rows].base, x.isHalf ? 1 : 0, x.stride, partials.row(panel), rows.count, x.columns)
        }
        add(partials, to: total)
    }

    /// The same of a stored matrix.
    func addColumnSums(_ x: StoredMatrix, to total: UnsafeMutablePointer<Float>) {
        addColumnSums(Factor(x), to: total)
    }

    /// The same of an fp32 matrix.
    func addColumnSums(_ x: MatrixView, to total: UnsafeMutablePointer<Float>) { addColumnSums(Factor(x), to: total) }
}

/// Calls `body` with the address of the dropout's description, or null.
func withDropout(_ dropout: ck_dropout?, _ body: (UnsafePointer<ck_dropout>?) -> Void) {
    if let dropout { withUnsafePointer(to: dropout) { body($0) } } else { body(nil) }
}
