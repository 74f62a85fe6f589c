internal import CKernels
internal import Streaming

/// LayerNorm (Ba and others 2016) standing alone: behind the last layer of a pre-LN encoder, and in layers of your own.
struct LayerNorm: Sendable {
    let parameters: NormParameters

    /// What backward needs; T rows of width H.
    struct Saved: @unchecked Sendable {
        /// The normalised rows, [T, H].
        let normal: StoredMatrix
        /// 1 / deviation by row.
        let inverse: UnsafeMutablePointer<Float>
    }

    /// From x [T, H] to y [T, H], which may be x.
    func forward(_ x: MatrixView, output y: MatrixView, _ engine: Engine) -> Saved {
        let saved = Saved(
            normal: engine.arena.stored(x.rows, x.columns, isHalf: engine.isHalf), inverse: engine.arena.take(x.rows))
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let panels = RowPanels(x.rows)
        let copies = engine.lanes(panels.height * x.columns)
        engine.pool.parallelForLanes(panels.count) { panel, lane in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            copies.row(lane).update(from: x.row(first), count: count * x.columns)
            engine.kernels.layer_norm(
                copies.row(lane), parameters.gamma, parameters.beta, parameters.epsilon, y.row(first),
                saved.normal.row(first), saved.normal.half, saved.inverse + first, count, x.columns)
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
                gradient.row(first), saved.normal.row(first), saved.normal.half, saved.inverse + first,
                parameters.gamma, dgamma.row(panel), dbeta.row(panel), count, gradient.columns)
        }
        engine.add(dgamma, to: parameters.gammaGradient)
        engine.add(dbeta, to: parameters.betaGradient)
    }
}
