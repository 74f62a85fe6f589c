internal import CKernels
internal import Streaming

/// Multi-head self-attention with its output projection, residual and LayerNorm (Vaswani et al. 2017, §3.2; Devlin et
/// al. 2018).
///
/// Attention runs over one sequence and one head at a time, so sequences need no padding and no mask.
struct SelfAttention: Sendable {
    /// Query, key and value in one product: weight [3H, H].
    let projection: LinearParameters
    let output: SublayerOutput
    let heads: Int
    let site: DropoutSite

    private var width: Int { projection.outputs / 3 }
    private var headSize: Int { width / heads }

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// [T, 3H]: queries, keys, values.
        let projected: MatrixView
        /// Attention probabilities before dropout: for each sequence, [heads, length, length].
        let probabilities: UnsafeMutablePointer<Float>
        /// [T, H]: the heads' results side by side.
        let context: MatrixView
        let output: SublayerOutput.Saved
    }

    func reserve(_ batch: PlannedBatch, _ arena: ActivationArena) -> Saved {
        Saved(
            projected: arena.matrix(batch.rows, 3 * width), probabilities: arena.take(heads * batch.squares),
            context: arena.matrix(batch.rows, width),
            output: SublayerOutput.Saved(rows: batch.rows, columns: width, arena))
    }

    /// - Parameter x: [T, H]; the result is `saved.output.output`, [T, H].
    func forward(_ x: MatrixView, into saved: Saved, _ batch: PlannedBatch, _ engine: Engine) {
        MatrixProduct.forward(x, projection.weight, into: saved.projected, engine.pool) { _, rows in
            engine.kernels.add_bias(
                saved.projected.row(rows.lowerBound), projection.bias, rows.count, saved.projected.columns)
        }
        attend(saved, batch, engine)
        output.forward(saved.context, residual: x, into: saved.output, batch, engine)
    }

    private func attend(_ saved: Saved, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let scratch = engine.arena.matrix(engine.pool.threads, batch.longest * batch.longest)
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let (sequence, head) = index.quotientAndRemainder(dividingBy: heads)
            let views = HeadViews(saved.projected, saved.context, rows: batch.range(sequence), head, size: headSize)
            let probabilities = probabilities(saved, batch, sequence, head)
            let length = probabilities.rows
            MatrixProduct.multiply(views.query, views.key, transposeRight: true, into: probabilities)
            let dropped = MatrixView(scratch.row(lane), rows: length, columns: length)
            let drop = batch.attentionDropout(site, sequence: sequence, head: head)
            withDropout(drop) { dropout in
                engine.kernels.softmax(probabilities.base, dropped.base, length, length, scale, dropout)
            }
            MatrixProduct.multiply(drop == nil ? probabilities : dropped, views.value, into: views.context)
        }
    }

    /// The gradient [T, H] of the output becomes that of the input x, in place.
    func backward(
        _ saved: Saved, input x: MatrixView, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let dense = engine.arena.matrix(batch.rows, width)
        output.backward(saved.output, gradient: gradient, product: dense, batch, engine)
        MatrixProduct.weightGradient(dense, saved.context, into: output.dense.weightGradient, engine.pool)
        let dContext = engine.arena.matrix(batch.rows, width)
        MatrixProduct.backward(dense, output.dense.weight, into: dContext, engine.pool)

        let dProjected = engine.arena.matrix(batch.rows, 3 * width)
        attendBackward(saved, dContext, dProjected, batch, engine)
        engine.addColumnSums(dProjected, to: projection.biasGradient)
        MatrixProduct.weightGradient(dProjected, x, into: projection.weightGradient, engine.pool)
        MatrixProduct.backward(dProjected, projection.weight, into: gradient, adding: true, engine.pool)
    }

    private func attendBackward(
        _ saved: Saved, _ dContext: MatrixView, _ dProjected: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let scratch = engine.arena.matrix(2 * engine.pool.threads, batch.longest * batch.longest)
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let (sequence, head) = index.quotientAndRemainder(dividingBy: heads)
            let rows = batch.range(sequence)
            let views = HeadViews(saved.projected, saved.context, rows: rows, head, size: headSize)
            let gradients = HeadViews(dProjected, dContext, rows: rows, head, size: headSize)
            let probabilities = probabilities(saved, batch, sequence, head)
            let length = probabilities.rows
            let dropped = MatrixView(scratch.row(2 * lane), rows: length, columns: length)
            let scores = MatrixView(scratch.row(2 * lane + 1), rows: length, columns: length)
            let drop = batch.attentionDropout(site, sequence: sequence, head: head)
            MatrixProduct.multiply(gradients.context, views.value, transposeRight: true, into: scores)
            withDropout(drop) { dropout in
                engine.kernels.softmax_backward(
                    probabilities.base, scores.base, dropped.base, length, length, scale, dropout)
            }
            let used = drop == nil ? probabilities : dropped
            MatrixProduct.multiply(used, gradients.context, transposeLeft: true, into: gradients.value)
            MatrixProduct.multiply(scores, views.key, into: gradients.query)
            MatrixProduct.multiply(scores, views.query, transposeLeft: true, into: gradients.key)
        }
    }

    /// Scores are divided by the root of the head's size.
    private var scale: Float { 1 / Float(headSize).squareRoot() }

    /// One head's probabilities in one sequence, [length, length].
    private func probabilities(_ saved: Saved, _ batch: PlannedBatch, _ sequence: Int, _ head: Int) -> MatrixView {
        let length = batch.range(sequence).count
        let before = batch.squareStarts[sequence] * heads + head * length * length
        return MatrixView(saved.probabilities + before, rows: length, columns: length)
    }
}

/// One head in one sequence: query, key, value and context, [length, size] each.
private struct HeadViews {
    let query: MatrixView
    let key: MatrixView
    let value: MatrixView
    let context: MatrixView

    /// - Parameters: projected is [T, 3H], context [T, H].
    init(_ projected: MatrixView, _ context: MatrixView, rows: Range<Int>, _ head: Int, size: Int) {
        let width = context.columns
        func columns(_ part: Int) -> Range<Int> { part * width + head * size..<part * width + (head + 1) * size }
        query = projected[rows: rows][columns: columns(0)]
        key = projected[rows: rows][columns: columns(1)]
        value = projected[rows: rows][columns: columns(2)]
        self.context = context[rows: rows][columns: columns(0)]
    }
}
