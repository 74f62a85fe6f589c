internal import CKernels
internal import Streaming

/// The end of both sublayers of an encoder layer: LayerNorm(residual + dropout(x Wᵀ + b)).
///
/// Both directions work on a panel of rows at a time, within the sublayer's own parallel loop.
struct SublayerOutput: Sendable {
    let dense: LinearParameters
    let norm: NormParameters
    let site: DropoutSite

    private var width: Int { dense.outputs }

    /// What backward needs; T rows of width H.
    struct Saved: @unchecked Sendable {
        /// The normalised rows, [T, H].
        let normal: StoredMatrix
        /// 1 / deviation by row.
        let inverse: UnsafeMutablePointer<Float>

        init(rows: Int, columns: Int, _ engine: Engine) {
            normal = engine.arena.stored(rows, columns, isHalf: engine.isHalf)
            inverse = engine.arena.take(rows)
        }
    }

    /// Sums over the rows of each panel, and the gradient of the product.
    struct Gradients: @unchecked Sendable {
        /// Gradient of x Wᵀ, [T, H].
        let dense: StoredMatrix
        fileprivate let dgamma: MatrixView
        fileprivate let dbeta: MatrixView
        fileprivate let dbias: MatrixView

        init(rows: Int, columns: Int, _ engine: Engine) {
            let panels = RowPanels(rows).count
            dense = engine.arena.stored(rows, columns, isHalf: engine.isHalf)
            dgamma = engine.arena.matrix(panels, columns)
            dbeta = engine.arena.matrix(panels, columns)
            dbias = engine.arena.matrix(panels, columns)
        }
    }

    /// From a panel's product x Wᵀ (used up) to its rows of y, [T, H].
    func forward(
        _ product: MatrixView, rows: Range<Int>, residual: MatrixView, into saved: Saved, output y: MatrixView,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let first = rows.lowerBound
        withDropout(batch.dropout(site, row: first)) { dropout in
            engine.kernels.bias_dropout_residual_norm(
                product.base, dense.bias, residual.row(first), dropout, norm.gamma, norm.beta, norm.epsilon,
                y.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, rows.count, width)
        }
    }

    /// A panel's gradient of the output becomes that of the residual, in place; `into.dense` gets that of the product.
    func backward(
        _ saved: Saved, panel: Int, rows: Range<Int>, gradient: MatrixView, into: Gradients, _ batch: PlannedBatch,
        _ engine: Engine
    ) {
        let first = rows.lowerBound
        withDropout(batch.dropout(site, row: first)) { dropout in
            engine.kernels.bias_dropout_residual_norm_backward(
                gradient.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, norm.gamma,
                dropout, into.dense.row(first), into.dgamma.row(panel), into.dbeta.row(panel), into.dbias.row(panel),
                rows.count, width)
        }
    }

    /// Adds the panels' sums to the gradients of LayerNorm and bias.
    func add(_ gradients: Gradients, _ engine: Engine) {
        engine.add(gradients.dgamma, to: norm.gammaGradient)
        engine.add(gradients.dbeta, to: norm.betaGradient)
        engine.add(gradients.dbias, to: dense.biasGradient)
    }

    /// The output [T, H] made again from what was kept, into the arena.
    func output(_ saved: Saved, _ engine: Engine) -> StoredMatrix {
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
