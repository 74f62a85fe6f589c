internal import CKernels
internal import Streaming

/// Products shared by the threads.
extension Engine {
    /// A right factor packed into the arena by all threads: op(source) is [inner, columns].
    func pack(_ source: Factor, transposed: Bool = false) -> PackedFactor {
        let (inner, columns) =
            transposed ? (source.columns, source.rows) : (source.rows, source.columns)
        let words = arena.take(UInt32.self, products.packedWords(inner: inner, columns: columns))
        return pack(products.unpacked(source, transposed: transposed, words: words))
    }

    private func pack(_ factor: PackedFactor) -> PackedFactor {
        guard products.packedWords(inner: factor.inner, columns: factor.columns) > 0 else { return factor }
        let panels = products.panels(factor.columns)
        let tasks = min(panels, 16)
        pool.parallelFor(tasks) { task in
            products.pack(factor, panels: panels * task / tasks..<panels * (task + 1) / tasks)
        }
        return factor
    }

    /// A weight [outputs, inputs] as the right factor of x Wᵀ.
    func packForward(_ weight: MatrixView) -> PackedFactor { pack(Factor(weight), transposed: true) }

    /// A weight [outputs, inputs] as the right factor of dy W.
    func packBackward(_ weight: MatrixView) -> PackedFactor { pack(Factor(weight)) }

    /// y = x b by row panels, each followed by `epilogue` while its rows are in the cache.
    func multiply(
        _ x: Factor, _ b: PackedFactor, into y: MatrixView, adding: Bool = false,
        epilogue: @Sendable (_ panel: Int, _ rows: Range<Int>) -> Void = { _, _ in }
    ) {
        let panels = RowPanels(x.rows)
        pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            products.multiply(x, rows: rows, b, into: y[rows: rows], adding: adding)
            epilogue(panel, rows)
        }
    }

    /// dW += dyᵀ x by tiles, each small enough to stay in the second-level cache while sums go over all rows.
    ///
    /// dy [T, N], x [T, K], dW [N, K].
    func weightGradient(_ dy: Factor, _ x: Factor, into weight: MatrixView) {
        let mark = arena.mark
        defer { arena.release(mark) }
        let right = pack(x)
        let adding = !unwritten.isFirst(weight)
        let tiles = OutputTiles(rows: weight.rows, columns: weight.columns, panelWidth: products.panelWidth)
        pool.parallelFor(tiles.count) { index in
            let (rows, columns) = tiles[index]
            products.multiply(
                dy, transposed: true, rows: rows, right, panels: tiles.panels(columns),
                into: weight[rows: rows][columns: columns], adding: adding)
        }
    }

    /// Scratch of `count` floats for each thread.
    func lanes(_ count: Int) -> MatrixView { arena.matrix(pool.threads, (count + 15) & ~15) }
}
