internal import CKernels
internal import Streaming

/// Multi-head self-attention with its output projection, residual and LayerNorm.
///
/// After Vaswani and others 2017, §3.2, and Devlin and others 2018.
struct SelfAttention: Sendable {
    /// Query, key and value in one product: weight [3H, H].
    let projection: LinearParameters
    let attention: MultiHeadAttention
    let output: SublayerOutput

    private var width: Int { projection.outputs / 3 }

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        let attention: MultiHeadAttention.Saved
        let output: SublayerOutput.Saved
    }

    /// - Parameter selected: the rows of the output that are wanted; nil for all.
    func reserve(_ batch: PlannedBatch, selected: SelectedRows? = nil, _ engine: Engine) -> Saved {
        Saved(
            attention: attention.reserve(batch, selected: selected, engine),
            output: SublayerOutput.Saved(rows: selected?.plan.rows ?? batch.rows, columns: width, engine))
    }

    /// From x [T, H] to y [T, H].
    func forward(_ x: MatrixView, into saved: Saved, output y: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        project(x, into: saved, engine)
        attention.forward(saved.attention, batch, engine)
        finish(saved, residual: x, output: y, batch, engine)
    }

    /// From x [T, H] to the selected rows of the output, one behind the other in y [S, H]; post-LN.
    func forward(
        _ x: MatrixView, into saved: Saved, selected: SelectedRows, output y: MatrixView, _ batch: PlannedBatch,
        _ engine: Engine
    ) {
        project(x, into: saved, engine)
        attention.forward(saved.attention, selected: selected, batch, engine)
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let residual = engine.arena.matrix(selected.plan.rows, width)
        selected.gather(x, into: residual)
        finish(saved, residual: residual, output: y, selected.plan, engine)
    }

    /// From the rows of the context to those of y.
    private func finish(
        _ saved: Saved, residual: MatrixView, output y: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let weight = engine.packForward(output.dense.weight)
        let panels = RowPanels(batch.rows)
        let results = engine.lanes(panels.height * width)
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let rows = panels[panel]
            let result = MatrixView(results.row(lane), rows: rows.count, columns: width)
            engine.products.multiply(Factor(saved.attention.context), rows: rows, weight, into: result)
            output.forward(result, rows: rows, residual: residual, into: saved.output, output: y, batch, engine)
        }
    }

    private func project(_ x: MatrixView, into saved: Saved, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let weight = engine.packForward(projection.weight)
        let panels = RowPanels(x.rows)
        let results = engine.lanes(panels.height * 3 * width)
        let normed = engine.lanes(output.scratch(height: panels.height))
        let projected = saved.attention.projected
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let rows = panels[panel]
            let result = MatrixView(results.row(lane), rows: rows.count, columns: 3 * width)
            let input = output.input(x, rows: rows, into: saved.output, scratch: normed.row(lane), engine)
            engine.products.multiply(input, weight, into: result)
            engine.kernels.bias_store(
                result.base, projection.bias, projected.row(rows.lowerBound), projected.half, rows.count, 3 * width)
        }
    }

    /// The gradient [T, H] of the output becomes that of the input x, in place.
    /// - Parameter x: nil in a pre-LN layer.
    func backward(
        _ saved: Saved, input x: StoredMatrix?, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let dContext = engine.arena.matrix(batch.rows, width)
        let sums = SublayerOutput.Sums(rows: batch.rows, columns: width, engine)
        backwardOutput(saved, gradient, dContext, sums, batch, engine)
        backwardAttention(saved, input: x, dContext, gradient, sums, batch, engine)
    }

    /// The gradient [S, H] of the selected rows of the output becomes that of the input, [T, H]; post-LN.
    /// - Parameters:
    ///   - selectedGradient: is used up.
    ///   - gradient: zero outside the selected rows.
    func backward(
        _ saved: Saved, selected: SelectedRows, selectedGradient: MatrixView, input x: StoredMatrix?,
        gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let dContext = engine.arena.matrix(selected.plan.rows, width)
        let sums = SublayerOutput.Sums(rows: selected.plan.rows, columns: width, engine)
        backwardOutput(saved, selectedGradient, dContext, sums, selected.plan, engine)
        selected.scatter(selectedGradient, into: gradient)
        backwardAttention(saved, selected: selected, input: x, dContext, gradient, sums, batch, engine)
    }

    private func backwardAttention(
        _ saved: Saved, selected: SelectedRows? = nil, input x: StoredMatrix?, _ dContext: MatrixView,
        _ gradient: MatrixView, _ sums: SublayerOutput.Sums, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let dProjected = engine.arena.stored(batch.rows, 3 * width, isHalf: engine.isHalf)
        attention.backward(
            saved.attention, selected: selected, gradient: dContext, into: dProjected, batch, engine)
        engine.addColumnSums(dProjected, to: projection.biasGradient)
        backwardInput(saved, input: x, dProjected, gradient, sums, engine)
        output.add(sums, engine)
    }

    private func backwardInput(
        _ saved: Saved, input x: StoredMatrix?, _ dProjected: StoredMatrix, _ gradient: MatrixView,
        _ sums: SublayerOutput.Sums, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let x = x ?? output.normOutput(saved.output, engine)
        engine.weightGradient(Factor(dProjected), Factor(x), into: projection.weightGradient)
        let weight = engine.packBackward(projection.weight)
        let panels = RowPanels(gradient.rows)
        let normed = engine.lanes(output.scratch(height: panels.height))
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            output.addInputGradient(
                saved.output, panel: panel, rows: panels[panel], Factor(dProjected), weight, gradient: gradient,
                sums: sums, scratch: normed.row(lane), engine)
        }
    }

    private func backwardOutput(
        _ saved: Saved, _ gradient: MatrixView, _ dContext: MatrixView, _ sums: SublayerOutput.Sums,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let dDense = engine.arena.stored(batch.rows, width, isHalf: engine.isHalf)
        let weight = engine.packBackward(output.dense.weight)
        let panels = RowPanels(batch.rows)
        engine.pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            output.backward(
                saved.output, panel: panel, rows: rows, gradient: gradient, into: dDense, sums: sums, batch, engine)
            engine.products.multiply(Factor(dDense), rows: rows, weight, into: dContext[rows: rows])
        }
        engine.weightGradient(Factor(dDense), Factor(saved.attention.context), into: output.dense.weightGradient)
    }
}
