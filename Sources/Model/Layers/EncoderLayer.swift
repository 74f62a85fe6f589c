/// One layer: attention, then feed-forward, each with its residual connection and LayerNorm.
struct EncoderLayer: Sendable {
    let attention: SelfAttention
    let feedForward: FeedForward

    private var placement: NormPlacement { attention.output.placement }

    /// What backward needs.
    struct Saved: Sendable {
        let attention: SelfAttention.Saved
        let feedForward: FeedForward.Saved
    }

    var weightGradients: [MatrixView] {
        [
            attention.projection.weightGradient, attention.output.dense.weightGradient,
            feedForward.inner.weightGradient, feedForward.output.dense.weightGradient,
        ]
    }

    /// Whether the layer can leave out rows that nobody looks at.
    var canSelect: Bool { placement == .post }

    /// - Parameter selected: the rows of the output that are wanted; nil for all.
    func reserve(_ batch: PlannedBatch, selected: SelectedRows? = nil, _ engine: Engine) -> Saved {
        Saved(
            attention: attention.reserve(batch, selected: selected, engine),
            feedForward: feedForward.reserve(selected?.plan ?? batch, engine))
    }

    /// From x [T, H] to y [T, H], which may be x; `between` [T, H] is used on the way.
    /// - Parameter selected: the rows of y that are computed; the others stay as they are.
    func forward(
        _ x: MatrixView, into saved: Saved, selected: SelectedRows? = nil, between: MatrixView, output y: MatrixView,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        if let selected {
            let rows = between[rows: 0..<selected.plan.rows]
            attention.forward(x, into: saved.attention, selected: selected, output: rows, batch, engine)
            feedForward.forward(rows, into: saved.feedForward, output: rows, selected.plan, engine)
            return selected.scatter(rows, into: y)
        }
        attention.forward(x, into: saved.attention, output: between, batch, engine)
        feedForward.forward(between, into: saved.feedForward, output: y, batch, engine)
    }

    /// Whether backward needs the layer's input; a pre-LN layer makes what it needs from its own normalised rows.
    var needsInput: Bool { placement == .post }

    /// The gradient [T, H] of the output becomes that of the input, in place.
    /// - Parameters:
    ///   - input: the layer's input as a factor, where `needsInput`.
    ///   - selected: the rows that forward computed; the gradient of the others is zero.
    func backward(
        _ saved: Saved, selected: SelectedRows? = nil, input: StoredMatrix?, gradient: MatrixView,
        _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        if let selected { return backward(saved, selected, input: input, gradient: gradient, batch, engine) }
        let between = needsInput ? attention.output.normOutput(saved.attention.output, engine) : nil
        feedForward.backward(saved.feedForward, input: between, gradient: gradient, batch, engine)
        attention.backward(saved.attention, input: input, gradient: gradient, batch, engine)
    }

    private func backward(
        _ saved: Saved, _ selected: SelectedRows, input: StoredMatrix?, gradient: MatrixView, _ batch: PlannedBatch,
        _ engine: Engine
    ) {
        let rows = engine.arena.matrix(selected.plan.rows, gradient.columns)
        selected.gather(gradient, into: rows)
        let mark = engine.arena.mark
        let between = attention.output.normOutput(saved.attention.output, engine)
        feedForward.backward(saved.feedForward, input: between, gradient: rows, selected.plan, engine)
        engine.arena.release(mark)
        attention.backward(
            saved.attention, selected: selected, selectedGradient: rows, input: input, gradient: gradient, batch,
            engine)
    }

    /// The output [T, H] of a post-LN layer, made again.
    func output(_ saved: Saved, _ engine: Engine) -> StoredMatrix {
        feedForward.output.normOutput(saved.feedForward.output, engine)
    }
}
