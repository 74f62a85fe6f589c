internal import Streaming

/// Embeddings and the stack of layers.
struct EncoderStack: Sendable {
    let embeddings: Embeddings
    let blocks: [EncoderBlock]
    /// Behind the last layer of a pre-LN encoder.
    let finalNorm: LayerNorm?
    /// The memory of each layer's gradients, a row each, one behind the other; empty where it may not be lent.
    let gradientRooms: [MatrixView]

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
    struct Saved {
        let embeddings: Embeddings.Saved
        /// One for each layer, or empty.
        let layers: [EncoderBlock.Saved]
        /// Each layer's input, or empty.
        let inputs: [MatrixView]
        let finalNorm: LayerNorm.Saved?
        /// The rows of the last layer that were computed; nil for all.
        let selected: SelectedRows?
        /// Where the arena stood behind each layer.
        let ends: [ActivationArena.Mark]
        let loan: GradientLoan?
        /// Room for the gradient of `output`, [T, H].
        let gradient: MatrixView
        /// The last hidden rows, [T, H].
        let output: MatrixView
    }

    /// Layers of your own may use their input until backward, which BERT's make again from what they keep.
    private var hasOwnLayers: Bool { blocks.contains(where: \.isOwn) }

    /// - Parameters:
    ///   - depth: layers to run; nil runs all. What fewer give is not normalised by `finalNorm`.
    ///   - selected: the rows of the output that are wanted; the others may be anything. Nil for all.
    ///   - lendingGradients: whether the layers' gradients are all zero and their memory may be used until backward.
    func forward(
        _ pass: Pass, keeping: Keeping, depth: Int? = nil, selected: SelectedRows? = nil,
        lendingGradients: Bool = false
    ) -> Saved {
        let (batch, engine) = (pass.batch, pass.engine)
        let embedded = embeddings.forward(batch, engine)
        let width = embedded.output.columns
        let between = engine.arena.matrix(batch.rows, width)
        let hasOwn = hasOwnLayers
        let keepsInputs = keeping == .inputs || keeping == .activations && hasOwn
        // Outputs by turns, where no input is kept and a layer may not write over its own.
        let outputs = (0..<(hasOwn ? 2 : 1)).map { _ in engine.arena.matrix(batch.rows, width) }
        var hidden = embedded.output
        var (saved, inputs): ([EncoderBlock.Saved], [MatrixView]) = ([], [])
        var ends: [ActivationArena.Mark] = []
        let loan = lendingGradients && keeping == .activations ? loan(selected, pass) : nil
        for (index, block) in blocks.prefix(depth ?? blocks.count).enumerated() {
            let output =
                keepsInputs ? engine.arena.matrix(batch.rows, width) : outputs[index % outputs.count]
            let mark = engine.arena.mark
            let selected = self.selected(selected, at: index)
            let kept = block.forward(
                hidden, selected: selected, place: loan?.places[index], between: between, output: output, pass)
            if keeping == .activations { saved.append(kept) } else { engine.arena.release(mark) }
            if keepsInputs { inputs.append(hidden) }
            hidden = output
            ends.append(engine.arena.mark)
        }
        let isWhole = depth ?? blocks.count >= blocks.count
        var norm: LayerNorm.Saved?
        if isWhole, let finalNorm {
            // A layer of your own may have kept its output for backward.
            let normed = hasOwn ? engine.arena.matrix(batch.rows, width) : hidden
            norm = finalNorm.forward(hidden, output: normed, engine)
            hidden = normed
        }
        return Saved(
            embeddings: embedded, layers: saved, inputs: inputs, finalNorm: norm, selected: selected, ends: ends,
            loan: loan,
            gradient: between, output: hidden)
    }

    private func loan(_ selected: SelectedRows?, _ pass: Pass) -> GradientLoan? {
        // Parts of your own may share parameters: their gradients are then written before their layer's turn.
        guard gradientRooms.count == blocks.count, !hasOwnLayers else { return nil }
        let bytes = blocks.indices.map { blocks[$0].keptBytes(selected: self.selected(selected, at: $0), pass) }
        return GradientLoan(rooms: gradientRooms, bytes: bytes)
    }

    /// The last layer alone may leave out rows, and only where no LayerNorm over all of them follows.
    private func selected(_ selected: SelectedRows?, at index: Int) -> SelectedRows? {
        index == blocks.count - 1 && blocks[index].canSelect && finalNorm == nil ? selected : nil
    }

    /// The gradient of the last hidden rows, in `saved.gradient`, is used up, and so is all that was taken from the arena
    /// since forward: each layer's backward works in the memory of those behind it.
    func backward(_ saved: Saved, _ pass: Pass) {
        let (engine, gradient) = (pass.engine, saved.gradient)
        if let finalNorm, let norm = saved.finalNorm { finalNorm.backward(norm, gradient: gradient, engine) }
        for index in blocks.indices.reversed() {
            engine.arena.release(saved.ends[index])
            let selected = self.selected(saved.selected, at: index)
            let kept =
                saved.layers.isEmpty
                ? blocks[index].again(saved.inputs[index], selected: selected, pass) : saved.layers[index]
            let input = blocks[index].needsInput ? input(index, saved, engine) : nil
            if saved.loan?.isLent[index] == true {
                engine.unwritten.begin(gradientRooms[index], weights: blocks[index].weightGradients)
            }
            blocks[index].backward(kept, selected: selected, input: input, gradient: gradient, pass)
            engine.unwritten.end()
        }
        embeddings.backward(saved.embeddings, gradient: gradient, pass.batch, engine)
    }

    /// A layer's input as a factor.
    private func input(_ index: Int, _ saved: Saved, _ engine: Engine) -> StoredMatrix? {
        if index == 0 { return saved.embeddings.factor }
        guard !saved.inputs.isEmpty else { return blocks[index - 1].output(saved.layers[index - 1], engine) }
        return engine.factor(saved.inputs[index])
    }
}
