/// Embeddings and the stack of layers.
struct EncoderStack: Sendable {
    let embeddings: Embeddings
    let layers: [Layer]

    /// One layer: attention, then feed-forward, LayerNorm after each ("post-LN").
    struct Layer: Sendable {
        let attention: SelfAttention
        let feedForward: FeedForward

        struct Saved: Sendable {
            let attention: SelfAttention.Saved
            let feedForward: FeedForward.Saved
            var output: MatrixView { feedForward.output.output }
        }

        func reserve(_ batch: PlannedBatch, _ arena: ActivationArena) -> Saved {
            Saved(attention: attention.reserve(batch, arena), feedForward: feedForward.reserve(batch, arena))
        }

        func forward(_ x: MatrixView, into saved: Saved, _ batch: PlannedBatch, _ engine: Engine) {
            attention.forward(x, into: saved.attention, batch, engine)
            feedForward.forward(saved.attention.output.output, into: saved.feedForward, batch, engine)
        }

        func backward(_ saved: Saved, input: MatrixView, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine)
        {
            feedForward.backward(
                saved.feedForward, input: saved.attention.output.output, gradient: gradient, batch, engine)
            attention.backward(saved.attention, input: input, gradient: gradient, batch, engine)
        }
    }

    /// What backward needs of each layer.
    struct Saved: Sendable {
        let embeddings: Embeddings.Saved
        let layers: [Layer.Saved]
        /// The last hidden rows, [T, H].
        var output: MatrixView { layers.last?.output ?? embeddings.output }
    }

    /// - Parameters:
    ///   - keep: whether backward follows; otherwise two layers' worth of memory serves all.
    ///   - depth: layers to run; nil runs all.
    func forward(_ batch: PlannedBatch, keep: Bool, depth: Int? = nil, _ engine: Engine) -> Saved {
        let embedded = embeddings.forward(batch, engine)
        var hidden = embedded.output
        var saved: [Layer.Saved] = []
        for (index, layer) in layers.prefix(depth ?? layers.count).enumerated() {
            let room = keep || index < 2 ? layer.reserve(batch, engine.arena) : saved[index - 2]
            layer.forward(hidden, into: room, batch, engine)
            hidden = room.output
            saved.append(room)
        }
        return Saved(embeddings: embedded, layers: saved)
    }

    /// The gradient [T, H] of the last hidden rows is used up.
    func backward(_ saved: Saved, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        for index in layers.indices.reversed() {
            let input = index == 0 ? saved.embeddings.output : saved.layers[index - 1].output
            layers[index].backward(saved.layers[index], input: input, gradient: gradient, batch, engine)
        }
        embeddings.backward(saved.embeddings, gradient: gradient, batch, engine)
    }
}
