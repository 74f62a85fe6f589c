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

    func reserve(_ batch: PlannedBatch, _ engine: Engine) -> Saved {
        Saved(attention: attention.reserve(batch, engine), feedForward: feedForward.reserve(batch, engine))
    }

    /// From x [T, H] to y [T, H], which may be x; `between` [T, H] is used on the way.
    func forward(
        _ x: MatrixView, into saved: Saved, between: MatrixView, output y: MatrixView, _ batch: PlannedBatch,
        _ engine: Engine
    ) {
        attention.forward(x, into: saved.attention, output: between, batch, engine)
        feedForward.forward(between, into: saved.feedForward, output: y, batch, engine)
    }

    /// Whether backward needs the layer's input; a pre-LN layer makes what it needs from its own normalised rows.
    var needsInput: Bool { placement == .post }

    /// The gradient [T, H] of the output becomes that of the input, in place.
    /// - Parameter input: the layer's input as a factor, where `needsInput`.
    func backward(
        _ saved: Saved, input: StoredMatrix?, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let between = needsInput ? attention.output.normOutput(saved.attention.output, engine) : nil
        feedForward.backward(saved.feedForward, input: between, gradient: gradient, batch, engine)
        attention.backward(saved.attention, input: input, gradient: gradient, batch, engine)
    }

    /// The output [T, H] of a post-LN layer, made again.
    func output(_ saved: Saved, _ engine: Engine) -> StoredMatrix {
        feedForward.output.normOutput(saved.feedForward.output, engine)
    }
}
