internal import CKernels

/// The feed-forward sublayer f(x) = activation(x W1ᵀ + b1) W2ᵀ + b2, with dropout, residual and LayerNorm.
struct FeedForward: Sendable {
    let inner: LinearParameters
    let output: SublayerOutput
    let activation: ck_activation

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// The activation's input, [T, I]; its output is made again in backward.
        let inner: StoredMatrix
        let output: SublayerOutput.Saved
    }

    func reserve(_ batch: PlannedBatch, _ engine: Engine) -> Saved {
        Saved(
            inner: engine.arena.stored(batch.rows, inner.outputs, isHalf: engine.isHalf),
            output: SublayerOutput.Saved(rows: batch.rows, columns: output.dense.outputs, engine))
    }

    /// From x [T, H] to y [T, H], panel by panel through both products.
    func forward(_ x: MatrixView, into saved: Saved, output y: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (first, second) = (engine.packForward(inner.weight), engine.packForward(output.dense.weight))
        let panels = RowPanels(batch.rows)
        let size = panels.height * inner.outputs
        let (sums, activated) = (engine.lanes(size), engine.lanes(size))
        let results = engine.lanes(panels.height * y.columns)
        let normed = engine.lanes(output.scratch(height: panels.height))
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let rows = panels[panel]
            let product = MatrixView(sums.row(lane), rows: rows.count, columns: inner.outputs)
            let result = MatrixView(results.row(lane), rows: rows.count, columns: y.columns)
            let room = StoredMatrix(
                base: UnsafeMutableRawPointer(activated.row(lane)), rows: rows.count, columns: inner.outputs,
                isHalf: engine.isHalf)
            let input = output.input(x, rows: rows, into: saved.output, scratch: normed.row(lane), engine)
            engine.products.multiply(input, first, into: product)
            engine.kernels.bias_activation(
                product.base, inner.bias, saved.inner.row(rows.lowerBound), room.base, room.half, activation,
                rows.count, inner.outputs)
            engine.products.multiply(Factor(room), second, into: result)
            output.forward(
                result, rows: rows, residual: x, into: saved.output, output: y, batch, engine)
        }
    }

    /// The gradient [T, H] of the output becomes that of the input x, in place.
    /// - Parameter x: nil in a pre-LN layer.
    func backward(
        _ saved: Saved, input x: StoredMatrix?, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (rows, width) = (batch.rows, inner.outputs)
        let sums = SublayerOutput.Sums(rows: rows, columns: gradient.columns, engine)
        let dDense = engine.arena.stored(rows, gradient.columns, isHalf: engine.isHalf)
        let activated = engine.arena.stored(rows, width, isHalf: engine.isHalf)
        // Each row of the activation's input is read for the last time just before its gradient is written.
        let dInner = saved.inner
        let dbias = engine.arena.matrix(RowPanels(rows).count, width)
        backwardPanels(saved, gradient, dDense, sums, activated, dInner, dbias, batch, engine)
        engine.add(dbias, to: inner.biasGradient)
        output.add(sums, engine)
        engine.weightGradient(Factor(dDense), Factor(activated), into: output.dense.weightGradient)
        let x = x ?? output.normOutput(saved.output, engine)
        engine.weightGradient(Factor(dInner), Factor(x), into: inner.weightGradient)
    }

    private func backwardPanels(
        _ saved: Saved, _ gradient: MatrixView, _ dDense: StoredMatrix, _ outputSums: SublayerOutput.Sums,
        _ activated: StoredMatrix, _ dInner: StoredMatrix, _ dbias: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (second, first) = (engine.packBackward(output.dense.weight), engine.packBackward(inner.weight))
        let panels = RowPanels(batch.rows)
        let products = engine.lanes(panels.height * inner.outputs)
        let normed = engine.lanes(output.scratch(height: panels.height))
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let rows = panels[panel]
            let start = rows.lowerBound
            output.backward(
                saved.output, panel: panel, rows: rows, gradient: gradient, into: dDense, sums: outputSums, batch,
                engine)
            let product = MatrixView(products.row(lane), rows: rows.count, columns: inner.outputs)
            engine.products.multiply(Factor(dDense), rows: rows, second, into: product)
            engine.kernels.bias_activation_backward(
                saved.inner.row(start), product.base, dInner.row(start), activated.row(start), dInner.half,
                dbias.row(panel), activation, rows.count, inner.outputs)
            output.addInputGradient(
                saved.output, panel: panel, rows: rows, Factor(dInner), first, gradient: gradient, sums: outputSums,
                scratch: normed.row(lane), engine)
        }
    }
}
