internal import CKernels
internal import Streaming

/// dropout(LayerNorm(word + position + segment)), the encoder's input.
struct Embeddings: @unchecked Sendable {
    /// Tables [V, H], [positions, H], [segments, H] and their gradients.
    let word: (value: MatrixView, gradient: MatrixView)
    let position: (value: MatrixView, gradient: MatrixView)
    let type: (value: MatrixView, gradient: MatrixView)
    let norm: NormParameters
    let site: DropoutSite
    let pad: Int32

    private var width: Int { word.value.columns }

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// The normalised sums of the three embeddings, [T, H].
        let normal: StoredMatrix
        let inverse: UnsafeMutablePointer<Float>
        /// [T, H].
        let output: MatrixView
        /// The same as a factor.
        let factor: StoredMatrix
    }

    /// The hidden rows [T, H] are `output` of the result.
    func forward(_ batch: PlannedBatch, _ engine: Engine) -> Saved {
        let normal = engine.arena.stored(batch.rows, width, isHalf: engine.isHalf)
        let inverse = engine.arena.take(batch.rows)
        let output = engine.arena.matrix(batch.rows, width)
        let factor = engine.arena.factor(output, isHalf: engine.isHalf)
        let saved = Saved(normal: normal, inverse: inverse, output: output, factor: factor)
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let panels = RowPanels(batch.rows)
        let sums = engine.lanes(panels.height * width)
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            engine.kernels.embed(
                batch.tokens + first, batch.segments + first, batch.positions + first, word.value.base,
                position.value.base, type.value.base, sums.row(lane), count, width)
            engine.kernels.layer_norm(
                sums.row(lane), norm.gamma, norm.beta, norm.epsilon, saved.output.row(first), saved.normal.row(first),
                saved.normal.half, saved.inverse + first, count, width)
            withDropout(batch.dropout(site, row: first)) { dropout in
                engine.kernels.dropout(saved.output.row(first), count, width, dropout)
            }
            engine.round(saved.output[rows: panels[panel]], into: saved.factor, row: first)
        }
        return saved
    }

    /// Adds the tables' and LayerNorm's gradients; the gradient [T, H] of the output is used up.
    func backward(_ saved: Saved, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        let panels = RowPanels(batch.rows)
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (dgamma, dbeta) = (engine.arena.matrix(panels.count, width), engine.arena.matrix(panels.count, width))
        engine.pool.parallelFor(panels.count) { panel in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            withDropout(batch.dropout(site, row: first)) { dropout in
                engine.kernels.dropout(gradient.row(first), count, width, dropout)
            }
            engine.kernels.layer_norm_backward(
                gradient.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, norm.gamma,
                dgamma.row(panel), dbeta.row(panel), count, width)
        }
        engine.add(dgamma, to: norm.gammaGradient)
        engine.add(dbeta, to: norm.betaGradient)
        scatter(gradient, batch, engine)
    }

    /// Rows meet in the tables, so the work is cut by columns: each adds all rows, in order.
    private func scatter(_ gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        let strip = 64
        engine.pool.parallelFor((width + strip - 1) / strip) { index in
            engine.kernels.embed_backward(
                batch.tokens, batch.segments, batch.positions, gradient.base, word.gradient.base,
                position.gradient.base,
                type.gradient.base, pad, batch.rows, width, index * strip, min(strip, width - index * strip))
        }
    }
}
