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
        ///
        /// Of the selected rows alone where there are such, and so is the context.
        let maxima: MatrixView
        let factors: MatrixView
        /// [T, H]: the heads' results side by side.
        let context: StoredMatrix
    }

    /// - Parameter selected: the rows whose context is wanted; nil for all.
    func reserve(_ batch: PlannedBatch, selected: SelectedRows? = nil, _ engine: Engine) -> Saved {
        let arena = engine.arena
        let rows = selected?.plan.rows ?? batch.rows
        return Saved(
            projected: arena.stored(batch.rows, 3 * width, isHalf: engine.isHalf),
            maxima: arena.matrix(heads, rows), factors: arena.matrix(heads, rows),
            context: arena.stored(rows, width, isHalf: engine.isHalf))
    }

    /// Fills the context from `projected`.
    func forward(_ saved: Saved, selected: SelectedRows? = nil, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let queries = queries(saved, selected, engine)
        let scratch = engine.lanes(AttentionHead.forwardScratch(batch.longest, headSize, engine.products))
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let head = head(saved, queries, selected, batch, index, engine)
            head.forward(scratch.row(lane))
        }
    }

    /// From the gradient of the context, row for row, to that of `projected`, [T, 3H].
    func backward(
        _ saved: Saved, selected: SelectedRows? = nil, gradient: MatrixView, into dProjected: StoredMatrix,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let queries = queries(saved, selected, engine)
        // What was no query has no gradient.
        if selected != nil { dProjected.clear(columns: width) }
        let scratch = engine.lanes(AttentionHead.backwardScratch(batch.longest, headSize, engine.products))
        engine.pool.parallelForLanes(batch.sequences * heads) { index, lane in
            let head = head(saved, queries, selected, batch, index, engine)
            head.backward(gradient: gradient, into: dProjected, scratch.row(lane))
        }
    }

    /// The queries of all heads in the first columns: the projected rows, or copies of those selected.
    private func queries(_ saved: Saved, _ selected: SelectedRows?, _ engine: Engine) -> StoredMatrix {
        guard let selected else { return saved.projected }
        let queries = engine.arena.stored(selected.plan.rows, width, isHalf: engine.isHalf)
        selected.gather(saved.projected, into: queries)
        return queries
    }

    /// Head `index` % heads of sequence `index` / heads.
    private func head(
        _ saved: Saved, _ queries: StoredMatrix, _ selected: SelectedRows?, _ batch: PlannedBatch, _ index: Int,
        _ engine: Engine
    ) -> AttentionHead {
        let (sequence, number) = index.quotientAndRemainder(dividingBy: heads)
        let rows = batch.range(sequence)
        let queryRows = selected?.range(sequence) ?? rows
        return AttentionHead(
            projected: saved.projected, queries: queries, context: saved.context, rows: rows, queryRows: queryRows,
            numbers: selected?.numbers, number: number, size: headSize,
            maxima: saved.maxima.row(number) + queryRows.lowerBound,
            factors: saved.factors.row(number) + queryRows.lowerBound,
            dropout: batch.attentionDropout(site, sequence: sequence, head: number), engine: engine)
    }
}
