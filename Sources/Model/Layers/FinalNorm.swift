internal import CKernels
internal import Streaming

/// The LayerNorm behind the last layer of a pre-LN encoder.
struct FinalNorm: Sendable {
    let norm: NormParameters

    /// What backward needs.
    struct Saved: @unchecked Sendable {
        /// The normalised rows, [T, H].
        let normal: StoredMatrix
        /// 1 / deviation by row.
        let inverse: UnsafeMutablePointer<Float>
    }

    /// Normalises the hidden rows [T, H] in place.
    func forward(_ hidden: MatrixView, _ engine: Engine) -> Saved {
        let saved = Saved(
            normal: engine.arena.stored(hidden.rows, hidden.columns, isHalf: engine.isHalf),
            inverse: engine.arena.take(hidden.rows))
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let panels = RowPanels(hidden.rows)
        let copies = engine.lanes(panels.height * hidden.columns)
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            copies.row(lane).update(from: hidden.row(first), count: count * hidden.columns)
            engine.kernels.layer_norm(
                copies.row(lane), norm.gamma, norm.beta, norm.epsilon, hidden.row(first), saved.normal.row(first),
                saved.normal.half, saved.inverse + first, count, hidden.columns)
        }
        return saved
    }

    /// The gradient [T, H] of the output becomes that of the input, in place.
    func backward(_ saved: Saved, gradient: MatrixView, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let panels = RowPanels(gradient.rows)
        let dgamma = engine.arena.matrix(panels.count, gradient.columns)
        let dbeta = engine.arena.matrix(panels.count, gradient.columns)
        engine.pool.parallelFor(panels.count) { panel in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            engine.kernels.layer_norm_backward(
                gradient.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first, norm.gamma,
                dgamma.row(panel), dbeta.row(panel), count, gradient.columns)
        }
        engine.add(dgamma, to: norm.gammaGradient)
        engine.add(dbeta, to: norm.betaGradient)
    }
}
