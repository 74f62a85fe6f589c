internal import CKernels

/// The feed-forward sublayer: LayerNorm(x + dropout(activation(x W1ᵀ + b1) W2ᵀ + b2)).
struct FeedForward: Sendable {
    let inner: LinearParameters
    let output: SublayerOutput
    let activation: ck_activation

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// The activation's input, [T, I]; its output is made again in backward.
        let inner: MatrixView
        let output: SublayerOutput.Saved
    }

    func reserve(_ batch: PlannedBatch, _ arena: ActivationArena) -> Saved {
        Saved(
            inner: arena.matrix(batch.rows, inner.outputs),
            output: SublayerOutput.Saved(rows: batch.rows, columns: output.dense.outputs, arena))
    }

    /// - Parameter x: [T, H]; the result is `saved.output.output`, [T, H].
    func forward(_ x: MatrixView, into saved: Saved, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let activated = engine.arena.matrix(batch.rows, inner.outputs)
        MatrixProduct.forward(x, inner.weight, into: saved.inner, engine.pool) { _, rows in
            engine.kernels.bias_activation(
                saved.inner.row(rows.lowerBound), inner.bias, activated.row(rows.lowerBound), activation, rows.count,
                inner.outputs)
        }
        output.forward(activated, residual: x, into: saved.output, batch, engine)
    }

    /// The gradient [T, H] of the output becomes that of the input x, in place.
    func backward(
        _ saved: Saved, input x: MatrixView, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let dense = engine.arena.matrix(batch.rows, output.dense.outputs)
        output.backward(saved.output, gradient: gradient, product: dense, batch, engine)

        let activated = engine.arena.matrix(batch.rows, inner.outputs)
        let dInner = engine.arena.matrix(batch.rows, inner.outputs)
        let dbias = engine.arena.matrix(RowPanels(batch.rows).count, inner.outputs)
        MatrixProduct.backward(dense, output.dense.weight, into: dInner, engine.pool) { panel, rows in
            let first = rows.lowerBound
            engine.kernels.bias_activation_backward(
                saved.inner.row(first), dInner.row(first), activated.row(first), dbias.row(panel), activation,
                rows.count, inner.outputs)
        }
        engine.add(dbias, to: inner.biasGradient)
        MatrixProduct.weightGradient(dense, activated, into: output.dense.weightGradient, engine.pool)
        MatrixProduct.weightGradient(dInner, x, into: inner.weightGradient, engine.pool)
        MatrixProduct.backward(dInner, inner.weight, into: gradient, adding: true, engine.pool)
    }
}
