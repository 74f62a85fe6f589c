internal import CKernels
internal import Streaming

/// The end of both sublayers of an encoder layer: LayerNorm(residual + dropout(x Wᵀ + b)).
struct SublayerOutput: Sendable {
    let dense: LinearParameters
    let norm: NormParameters
    let site: DropoutSite

    /// What backward needs; T rows of width H.
    struct Saved: @unchecked Sendable {
        /// LayerNorm's input, [T, H].
        let sum: MatrixView
        let mean: UnsafeMutablePointer<Float>
        let inverse: UnsafeMutablePointer<Float>
        /// LayerNorm's output, [T, H].
        let output: MatrixView

        init(rows: Int, columns: Int, _ arena: ActivationArena) {
            sum = arena.matrix(rows, columns)
            mean = arena.take(rows)
            inverse = arena.take(rows)
            output = arena.matrix(rows, columns)
        }
    }

    /// - Parameters: x is [T, inputs], residual [T, H].
    func forward(
        _ x: MatrixView, residual: MatrixView, into saved: Saved, _ batch: PlannedBatch, _ engine: Engine
    ) {
        MatrixProduct.forward(x, dense.weight, into: saved.sum, engine.pool) { _, rows in
            let first = rows.lowerBound
            withDropout(batch.dropout(site, row: first)) { dropout in
                engine.kernels.bias_dropout_residual_norm(
                    saved.sum.row(first), dense.bias, residual.row(first), dropout, norm.gamma, norm.beta, norm.epsilon,
                    saved.output.row(first), saved.mean + first, saved.inverse + first, rows.count, saved.sum.columns)
            }
        }
    }

    /// The gradient of the output becomes that of the residual, in place; `dx` gets the gradient of the product x Wᵀ.
    ///
    /// Adds the gradients of LayerNorm and bias; those of x and W are the caller's products.
    func backward(
        _ saved: Saved, gradient: MatrixView, product dx: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let width = gradient.columns
        let panels = RowPanels(gradient.rows)
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (dgamma, dbeta, dbias) = (
            engine.arena.matrix(panels.count, width), engine.arena.matrix(panels.count, width),
            engine.arena.matrix(panels.count, width)
        )
        engine.pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            let first = rows.lowerBound
            withDropout(batch.dropout(site, row: first)) { dropout in
                engine.kernels.bias_dropout_residual_norm_backward(
                    gradient.row(first), saved.sum.row(first), saved.mean + first, saved.inverse + first, norm.gamma,
                    dropout, dx.row(first), dgamma.row(panel), dbeta.row(panel), dbias.row(panel), rows.count, width)
            }
        }
        engine.add(dgamma, to: norm.gammaGradient)
        engine.add(dbeta, to: norm.betaGradient)
        engine.add(dbias, to: dense.biasGradient)
    }
}
