internal import CKernels
internal import Streaming

/// Scaled dot-product attention of several heads, from queries, keys and values to the heads' results side by side.
///
/// After Vaswani and others 2017, §3.2. It runs over one sequence and one head at a time (`AttentionHead`), so sequences
/// need no padding and no mask.
struct MultiHeadAttention: Sendable {
    let heads: Int
    /// Numbers per head.
    let headSize: Int
    /// Dropout of the probabilities.
    let site: DropoutSite

    private var width: Int { heads * headSize }

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// [T, 3H]: queries, keys, values.
        let projected: StoredMatrix
        /// The largest score and 1 / sum of each row, [heads, T] each; the probabilities are made again from them.
        let maxima: MatrixView
        let factors: MatrixView
        /// [T, H]: the heads' results side by side; of the selected rows alone where there are such.
        let context: StoredMatrix
    }

    /// - Parameter selected: the rows whose context is wanted; nil for all.
    func reserve(_ batch: PlannedBatch, selected: SelectedRows? = nil, _ engine: Engine) -> Saved {
        let arena = engine.arena
        let rows = selected?.plan.rows ?? batch.rows
        return Saved(
            projected: arena.stored(batch.rows, 3 * width, isHalf: engine.isHalf),
            maxima: arena.matrix(heads, batch.rows), factors: arena.matrix(heads, batch.rows),
            context: arena.stored(rows, width, isHalf: engine.isHalf))
    }

    /// Fills the context from `projected`.
    func forward(_ saved: Saved, selected: SelectedRows? = nil, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let context =
            selected == nil ? saved.context : engine.arena.stored(batch.rows, width, isHalf: engine.isHalf)
        let scratch = engine.lanes(AttentionHead.forwardScratch(batch.longest, headSize, engine.products))
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let head = head(saved, context, batch, index, engine)
            head.forward(scratch.row(lane))
        }
        selected?.gather(context, into: saved.context)
    }

    /// From the gradient [T, H] of the context to that of `projected`, [T, 3H].
    func backward(
        _ saved: Saved, gradient: MatrixView, into dProjected: StoredMatrix, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let scratch = engine.lanes(AttentionHead.backwardScratch(batch.longest, headSize, engine.products))
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let head = head(saved, saved.context, batch, index, engine)
            head.backward(gradient: gradient, into: dProjected, scratch.row(lane))
        }
    }

    /// Head `index` % heads of sequence `index` / heads.
    private func head(
        _ saved: Saved, _ context: StoredMatrix, _ batch: PlannedBatch, _ index: Int, _ engine: Engine
    ) -> AttentionHead {
        let (sequence, number) = index.quotientAndRemainder(dividingBy: heads)
        let rows = batch.range(sequence)
        return AttentionHead(
            projected: saved.projected, context: context, rows: rows, number: number, size: headSize,
            maxima: saved.maxima.row(number) + rows.lowerBound, factors: saved.factors.row(number) + rows.lowerBound,
            dropout: batch.attentionDropout(site, sequence: sequence, head: number), engine: engine)
    }
}
