internal import COpenBLAS
internal import Streaming

/// Matrix products.
///
/// OpenBLAS runs with one thread; the cut into panels and tiles is ours and depends on shapes alone, so the result does
/// not depend on the number of threads.
enum MatrixProduct {
    /// Whether OpenBLAS is there; it is opened once, when the first model is made.
    private static let loaded = tblas_load() == 0

    /// Opens OpenBLAS and makes it leave the threads to us.
    static func prepare() throws(Failure) {
        guard !loaded else { return }
        throw Failure(
            .unavailable, "OpenBLAS cannot be opened: \(String(cString: tblas_load_error()))",
            remedy: "install Debian's package libopenblas0, or run 'make setup'")
    }

    /// c = op(a) op(b), or added to c; on the calling thread.
    static func multiply(
        _ a: MatrixView, _ b: MatrixView, transposeLeft: Bool = false, transposeRight: Bool = false, into c: MatrixView,
        adding: Bool = false
    ) {
        let inner = transposeLeft ? a.rows : a.columns
        assert((transposeRight ? b.columns : b.rows) == inner, "inner sizes differ")
        assert((transposeLeft ? a.columns : a.rows) == c.rows && (transposeRight ? b.rows : b.columns) == c.columns)
        guard c.rows > 0, c.columns > 0 else { return }
        tblas_sgemm(
            transposeLeft, transposeRight, c.rows, c.columns, inner, a.base, a.stride, b.base, b.stride, adding ? 1 : 0,
            c.base, c.stride)
    }

    /// y = x Wᵀ by row panels, each followed by `epilogue` while its rows are in the cache.
    ///
    /// x [T, K], weight [N, K], y [T, N].
    static func forward(
        _ x: MatrixView, _ weight: MatrixView, into y: MatrixView, _ pool: WorkerPool,
        epilogue: @Sendable (_ panel: Int, _ rows: Range<Int>) -> Void = { _, _ in }
    ) {
        let panels = RowPanels(x.rows)
        pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            multiply(x[rows: rows], weight, transposeRight: true, into: y[rows: rows])
            epilogue(panel, rows)
        }
    }

    /// dx = dy W (or added to dx) by row panels, each followed by `epilogue`.
    ///
    /// dy [T, N], weight [N, K], dx [T, K].
    static func backward(
        _ dy: MatrixView, _ weight: MatrixView, into dx: MatrixView, adding: Bool = false, _ pool: WorkerPool,
        epilogue: @Sendable (_ panel: Int, _ rows: Range<Int>) -> Void = { _, _ in }
    ) {
        let panels = RowPanels(dy.rows)
        pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            multiply(dy[rows: rows], weight, into: dx[rows: rows], adding: adding)
            epilogue(panel, rows)
        }
    }

    /// dW += dyᵀ x by tiles.
    ///
    /// dy [T, N], x [T, K], dW [N, K].
    static func weightGradient(_ dy: MatrixView, _ x: MatrixView, into weight: MatrixView, _ pool: WorkerPool) {
        let tiles = OutputTiles(rows: weight.rows, columns: weight.columns, inner: dy.rows)
        pool.parallelFor(tiles.count) { index in
            let (rows, columns) = tiles[index]
            multiply(
                dy[columns: rows], x[columns: columns], transposeLeft: true, into: weight[rows: rows][columns: columns],
                adding: true)
        }
    }

    /// c = a op(b) by tiles, for shapes whose rows are too few or whose columns too many for row panels.
    static func tiled(
        _ a: MatrixView, _ b: MatrixView, transposed: Bool = false, into c: MatrixView, adding: Bool = false,
        _ pool: WorkerPool
    ) {
        let tiles = OutputTiles(rows: c.rows, columns: c.columns, inner: a.columns)
        pool.parallelFor(tiles.count) { index in
            let (rows, columns) = tiles[index]
            let part = transposed ? b[rows: columns] : b[columns: columns]
            multiply(
                a[rows: rows], part, transposeRight: transposed, into: c[rows: rows][columns: columns], adding: adding)
        }
    }
}

/// An output matrix cut into tiles: at most 16, each worth some milliseconds at most, with as little packed twice as
/// can be.
struct OutputTiles: Sendable {
    private let rows: Int
    private let columns: Int
    private let tileRows: Int
    private let tileColumns: Int

    init(rows: Int, columns: Int, inner: Int) {
        self.rows = rows
        self.columns = columns
        let work = 2 * rows * columns * inner
        var wanted = 1
        while wanted < 16, work / (2 * wanted) >= 4_000_000 { wanted *= 2 }
        // Every column of tiles packs the left factor again, every row of tiles the right one.
        var best = (cost: Int.max, down: 1, across: 1)
        var down = 1
        while down <= wanted {
            let across = wanted / down
            let cost = across * rows + down * columns
            if cost < best.cost { best = (cost, down, across) }
            down *= 2
        }
        tileRows = max(32, ((rows + best.down - 1) / best.down + 31) & ~31)
        tileColumns = max(32, ((columns + best.across - 1) / best.across + 31) & ~31)
    }

    private var across: Int { (columns + tileColumns - 1) / tileColumns }

    var count: Int { (rows + tileRows - 1) / tileRows * across }

    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (down, right) = index.quotientAndRemainder(dividingBy: across)
        return (
            down * tileRows..<min(rows, (down + 1) * tileRows),
            right * tileColumns..<min(columns, (right + 1) * tileColumns)
        )
    }
}
