/// One layer: attention, then feed-forward, LayerNorm after each ("post-LN").
struct EncoderLayer: Sendable {
    let attention: SelfAttention
    let feedForward: FeedForward

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

    /// The gradient [T, H] of the output becomes that of the input, in place.
    func backward(
        _ saved: Saved, input: StoredMatrix, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let between = attention.output.output(saved.attention.output, engine)
        feedForward.backward(saved.feedForward, input: between, gradient: gradient, batch, engine)
        attention.backward(saved.attention, input: input, gradient: gradient, batch, engine)
    }

    /// The layer's output [T, H], made again.
    func output(_ saved: Saved, _ engine: Engine) -> StoredMatrix {
        feedForward.output.output(saved.feedForward.output, engine)
    }
}
