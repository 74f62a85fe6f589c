internal import Streaming

/// Embeddings and the stack of layers.
struct EncoderStack: Sendable {
    let embeddings: Embeddings
    let layers: [EncoderLayer]
    /// Behind the last layer of a pre-LN encoder.
    let finalNorm: FinalNorm?

    /// What is kept of a pass.
    enum Keeping: Sendable {
        /// What each layer's backward needs.
        case activations
        /// Each layer's input; backward computes the layer again.
        case inputs
        /// Nothing: no backward follows.
        case nothing
    }

    /// What backward needs of each layer.
    struct Saved: Sendable {
        let embeddings: Embeddings.Saved
        /// One for each layer, or empty.
        let layers: [EncoderLayer.Saved]
        /// Each layer's input, or empty.
        let inputs: [MatrixView]
        let finalNorm: FinalNorm.Saved?
        /// The last hidden rows, [T, H].
        let output: MatrixView
    }

    /// - Parameter depth: layers to run; nil runs all. What fewer give is not normalised by `finalNorm`.
    func forward(_ batch: PlannedBatch, keeping: Keeping, depth: Int? = nil, _ engine: Engine) -> Saved {
        let embedded = embeddings.forward(batch, engine)
        let width = embedded.output.columns
        let between = engine.arena.matrix(batch.rows, width)
        let last = engine.arena.matrix(batch.rows, width)
        var hidden = embedded.output
        var (saved, inputs): ([EncoderLayer.Saved], [MatrixView]) = ([], [])
        for layer in layers.prefix(depth ?? layers.count) {
            let output = keeping == .inputs ? engine.arena.matrix(batch.rows, width) : last
            let mark = engine.arena.mark
            let room = layer.reserve(batch, engine)
            layer.forward(hidden, into: room, between: between, output: output, batch, engine)
            if keeping == .activations { saved.append(room) } else { engine.arena.release(mark) }
            if keeping == .inputs { inputs.append(hidden) }
            hidden = output
        }
        let isWhole = depth ?? layers.count >= layers.count
        let norm = isWhole ? finalNorm?.forward(hidden, engine) : nil
        return Saved(embeddings: embedded, layers: saved, inputs: inputs, finalNorm: norm, output: hidden)
    }

    /// The gradient [T, H] of the last hidden rows is used up.
    func backward(_ saved: Saved, gradient: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        if let finalNorm, let norm = saved.finalNorm { finalNorm.backward(norm, gradient: gradient, engine) }
        for index in layers.indices.reversed() {
            let mark = engine.arena.mark
            let activations = saved.inputs.isEmpty ? saved.layers[index] : again(index, saved, batch, engine)
            let input = layers[index].needsInput ? input(index, saved, engine) : nil
            layers[index].backward(activations, input: input, gradient: gradient, batch, engine)
            engine.arena.release(mark)
        }
        embeddings.backward(saved.embeddings, gradient: gradient, batch, engine)
    }

    /// A layer's forward once more, with the same draws of dropout.
    private func again(
        _ index: Int, _ saved: Saved, _ batch: PlannedBatch, _ engine: Engine
    ) -> EncoderLayer.Saved {
        let room = layers[index].reserve(batch, engine)
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let (rows, width) = (batch.rows, saved.output.columns)
        layers[index].forward(
            saved.inputs[index], into: room, between: engine.arena.matrix(rows, width),
            output: engine.arena.matrix(rows, width), batch, engine)
        return room
    }

    /// A layer's input as a factor.
    private func input(_ index: Int, _ saved: Saved, _ engine: Engine) -> StoredMatrix {
        if index == 0 { return saved.embeddings.factor }
        guard !saved.inputs.isEmpty else { return layers[index - 1].output(saved.layers[index - 1], engine) }
        let hidden = saved.inputs[index]
        let factor = engine.arena.factor(hidden, isHalf: engine.isHalf)
        let panels = RowPanels(hidden.rows)
        engine.pool.parallelFor(panels.count) { panel in
            engine.round(hidden[rows: panels[panel]], into: factor, row: panels[panel].lowerBound)
        }
        return factor
    }
}
