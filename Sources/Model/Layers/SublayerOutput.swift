internal import CKernels
internal import Streaming

/// What surrounds both sublayers of an encoder layer: the last product x Wᵀ + b, dropout, the residual connection, and
/// LayerNorm, behind the sum (post-LN) or before the sublayer's first product (pre-LN).
///
/// Both directions work on a panel of rows at a time, within the sublayer's own parallel loop.
struct SublayerOutput: Sendable {
    let dense: LinearParameters
    let norm: NormParameters
    let placement: NormPlacement
    let site: DropoutSite

    private var width: Int { dense.outputs }

    /// What backward needs; T rows of width H.
    struct Saved: @unchecked Sendable {
        /// The normalised rows, of the output (post-LN) or of the input (pre-LN), [T, H].
        let normal: StoredMatrix
        /// 1 / deviation by row.
        let inverse: UnsafeMutablePointer<Float>

        init(rows: Int, columns: Int, _ engine: Engine) {
            normal = engine.arena.stored(rows, columns, isHalf: engine.isHalf)
            inverse = engine.arena.take(rows)
        }
    }

    /// Gradients of LayerNorm and bias, summed over the rows of each panel.
    struct Sums: @unchecked Sendable {
        fileprivate let dgamma: MatrixView
        fileprivate let dbeta: MatrixView
        fileprivate let dbias: MatrixView

        init(rows: Int, columns: Int, _ engine: Engine) {
            let panels = RowPanels(rows).count
            dgamma = engine.arena.matrix(panels, columns)
            dbeta = engine.arena.matrix(panels, columns)
            dbias = engine.arena.matrix(panels, columns)
        }
    }

    /// Floats of scratch that `input` and `addInputGradient` need for a panel of so many rows.
    func scratch(height: Int) -> Int { placement == .pre ? 2 * height * width : 0 }

    /// A panel of what the sublayer's first product takes: x's own rows, or these rows normalised into `scratch`.
    func input(
        _ x: MatrixView, rows: Range<Int>, into saved: Saved, scratch: UnsafeMutablePointer<Float>, _ engine: Engine
    ) -> Factor {
        guard placement == .pre else { return Factor(x)[rows: rows] }
        let first = rows.lowerBound
        let copy = scratch + rows.count * width
        copy.update(from: x.row(first), count: rows.count * width)
        engine.kernels.layer_norm(
            copy, norm.gamma, norm.beta, norm.epsilon, scratch, saved.normal.row(first), saved.normal.half,
            saved.inverse + first, rows.count, width)
        return Factor(MatrixView(scratch, rows: rows.count, columns: width))
    }

    /// From a panel's product x Wᵀ (used up) to its rows of y, [T, H].
    func forward(
        _ product: MatrixView, rows: Range<Int>, residual: MatrixView, into saved: Saved, output y: MatrixView,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let first = rows.lowerBound
        withDropout(batch.dropout(site, row: first)) { dropout in
            if placement == .pre {
                engine.kernels.bias_dropout_residual(
                    product.base, dense.bias, residual.row(first), dropout, y.row(first), rows.count, width)
            } else {
                engine.kernels.bias_dropout_residual_norm(
                    product.base, dense.bias, residual.row(first), dropout, norm.gamma, norm.beta, norm.epsilon,
                    y.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, rows.count, width)
            }
        }
    }

    /// A panel's gradient of the output becomes that of the residual, in place; `dDense` gets that of the product x Wᵀ.
    func backward(
        _ saved: Saved, panel: Int, rows: Range<Int>, gradient: MatrixView, into dDense: StoredMatrix, sums: Sums,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let first = rows.lowerBound
        withDropout(batch.dropout(site, row: first)) { dropout in
            if placement == .pre {
                engine.kernels.bias_dropout_residual_backward(
                    gradient.row(first), dropout, dDense.row(first), dDense.half, sums.dbias.row(panel), rows.count,
                    width)
            } else {
                engine.kernels.bias_dropout_residual_norm_backward(
                    gradient.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, norm.gamma,
                    dropout, dDense.row(first), sums.dgamma.row(panel), sums.dbeta.row(panel), sums.dbias.row(panel),
                    rows.count, width)
            }
        }
    }

    /// Adds a panel of dy W, the gradient of what `input` gave, to the rows' gradient, through LayerNorm where it stands
    /// before the sublayer.
    func addInputGradient(
        _ saved: Saved, panel: Int, rows: Range<Int>, _ dy: Factor, _ weight: PackedFactor, gradient: MatrixView,
        sums: Sums, scratch: UnsafeMutablePointer<Float>, _ engine: Engine
    ) {
        guard placement == .pre else {
            return engine.products.multiply(dy, rows: rows, weight, into: gradient[rows: rows], adding: true)
        }
        let first = rows.lowerBound
        engine.products.multiply(
            dy, rows: rows, weight, into: MatrixView(scratch, rows: rows.count, columns: width))
        engine.kernels.layer_norm_backward(
            scratch, saved.normal.row(first), saved.normal.half, saved.inverse + first, norm.gamma,
            sums.dgamma.row(panel), sums.dbeta.row(panel), rows.count, width)
        engine.kernels.add(gradient.row(first), scratch, rows.count * width)
    }

    /// Adds the panels' sums to the gradients of LayerNorm and bias.
    func add(_ sums: Sums, _ engine: Engine) {
        engine.add(sums.dgamma, to: norm.gammaGradient)
        engine.add(sums.dbeta, to: norm.betaGradient)
        engine.add(sums.dbias, to: dense.biasGradient)
    }

    /// LayerNorm's output [T, H], the sublayer's (post-LN) or its first product's factor (pre-LN), made again from what
    /// was kept, into the arena.
    func normOutput(_ saved: Saved, _ engine: Engine) -> StoredMatrix {
        let normal = saved.normal
        let y = engine.arena.stored(normal.rows, normal.columns, isHalf: normal.isHalf)
        let panels = RowPanels(normal.rows)
        engine.pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            engine.kernels.norm_output(
                normal.row(rows.lowerBound), normal.half, norm.gamma, norm.beta, y.row(rows.lowerBound), rows.count,
                normal.columns)
        }
        return y
    }
}
