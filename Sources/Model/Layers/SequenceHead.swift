internal import CKernels

/// What is predicted from the first token of each sequence: next sentence, a class, or a number.
struct SequenceHead: @unchecked Sendable {
    let pooler: Pooler
    /// [outputs, H].
    let classifier: LinearParameters
    /// Dropout of the pooled row (classification only; rate 0 for next sentence).
    let site: DropoutSite
    let isRegression: Bool

    /// S sequences.
    struct Saved: @unchecked Sendable {
        let pooled: Pooler.Saved
        /// The pooled rows after dropout, [S, H].
        let features: MatrixView
        /// [S, outputs], without bias.
        let logits: MatrixView
    }

    func forward(_ hidden: MatrixView, _ batch: PlannedBatch, _ engine: Engine) -> Saved {
        let pooled = pooler.forward(hidden, batch, engine)
        let features = engine.arena.matrix(batch.sequences, pooled.output.columns)
        features.base.update(from: pooled.output.base, count: features.rows * features.columns)
        withDropout(batch.sequenceDropout(site)) {
            engine.kernels.dropout(features.base, features.rows, features.columns, $0)
        }
        let logits = engine.arena.matrix(batch.sequences, classifier.outputs)
        engine.products.multiply(Factor(features), engine.packForward(classifier.weight), into: logits)
        return Saved(pooled: pooled, features: features, logits: logits)
    }

    /// Cross entropy or squared error, summed; with `scale` the logits become the gradient of `scale` times the sum.
    func loss(
        _ saved: Saved, _ batch: RaggedBatch, scale: Float?, _ engine: Engine
    ) -> (sum: Double, correct: Int) {
        if isRegression { return (squaredError(saved, batch.sequenceTargets, scale), 0) }
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let labels = engine.arena.take(Int32.self, batch.sequences)
        for (index, label) in batch.sequenceLabels.enumerated() { labels[index] = label }
        let results = CrossEntropyResults(rows: batch.sequences, engine.arena)
        results.compute(saved.logits, bias: classifier.bias, labels: labels, first: 0, scale: scale, engine)
        return results.totals
    }

    private func squaredError(_ saved: Saved, _ targets: [Float], _ scale: Float?) -> Double {
        var sum = 0.0
        for (index, target) in targets.enumerated() {
            let difference = saved.logits.base[index] + classifier.bias[0] - target
            sum += Double(difference) * Double(difference)
            if let scale { saved.logits.base[index] = 2 * scale * difference }
        }
        return sum
    }

    /// After `loss` with a scale: adds the gradients, and that of the first rows to `hidden`, [T, H].
    func backward(_ saved: Saved, hidden: MatrixView, _ batch: PlannedBatch, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        engine.weightGradient(Factor(saved.logits), Factor(saved.features), into: classifier.weightGradient)
        engine.addColumnSums(saved.logits, to: classifier.biasGradient)
        let gradient = engine.arena.matrix(batch.sequences, saved.features.columns)
        engine.products.multiply(Factor(saved.logits), engine.packBackward(classifier.weight), into: gradient)
        withDropout(batch.sequenceDropout(site)) {
            engine.kernels.dropout(gradient.base, gradient.rows, gradient.columns, $0)
        }
        pooler.backward(saved.pooled, gradient: gradient, hidden: hidden, batch, engine)
    }
}

/// tanh(x Wᵀ + b) of the first token of each sequence.
struct Pooler: Sendable {
    let dense: LinearParameters

    /// S sequences of width H.
    struct Saved: @unchecked Sendable {
        let input: MatrixView
        let output: MatrixView
    }

    func forward(_ hidden: MatrixView, _ batch: PlannedBatch, _ engine: Engine) -> Saved {
        let (sequences, width) = (batch.sequences, hidden.columns)
        let saved = Saved(
            input: engine.arena.matrix(sequences, width), output: engine.arena.matrix(sequences, width))
        for sequence in 0..<sequences {
            saved.input.row(sequence).update(from: hidden.row(Int(batch.starts[sequence])), count: width)
        }
        engine.multiply(Factor(saved.input), engine.packForward(dense.weight), into: saved.output) { _, rows in
            engine.kernels.bias_tanh(saved.output.row(rows.lowerBound), dense.bias, rows.count, width)
        }
        return saved
    }

    /// The gradient [S, H] of the output is used up; that of the first rows is added to `hidden`, [T, H].
    func backward(
        _ saved: Saved, gradient: MatrixView, hidden: MatrixView, _ batch: PlannedBatch, _ engine: Engine
    ) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let width = hidden.columns
        engine.kernels.tanh_backward(saved.output.base, gradient.base, gradient.rows * width)
        engine.weightGradient(Factor(gradient), Factor(saved.input), into: dense.weightGradient)
        engine.addColumnSums(gradient, to: dense.biasGradient)
        let dInput = engine.arena.matrix(gradient.rows, width)
        engine.multiply(Factor(gradient), engine.packBackward(dense.weight), into: dInput)
        for sequence in 0..<batch.sequences {
            engine.kernels.add(hidden.row(Int(batch.starts[sequence])), dInput.row(sequence), width)
        }
    }
}
