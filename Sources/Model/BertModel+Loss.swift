extension BertModel {
    /// Adds to `gradients` the gradient of `maskedScale` × (summed masked-token cross entropy) + `sequenceScale` ×
    /// (summed sequence loss) + each of `objectiveScales` × (the sum of that objective of your own).
    ///
    /// To average over a global batch, give one over its counts.
    ///
    /// - Parameters:
    ///   - objectiveScales: one for each of `objectives`; those that are not given are 1.
    ///   - dropout: names the draws; nil drops nothing.
    ///   - gradientsAreZero: whether all of `gradients` is zero, as in the first of a step's batches: then its memory
    ///     serves for activations until gradients are written, which takes less.
    /// - Returns: the unscaled sums.
    @discardableResult
    public func forwardBackward(
        _ batch: RaggedBatch, maskedScale: Float, sequenceScale: Float, objectiveScales: [Float] = [],
        dropout: DropoutKey?, gradientsAreZero: Bool = false
    ) -> LossSums {
        check(batch)
        guard batch.rows > 0 else { return LossSums() }
        engine.arena.reset()
        let plan = PlannedBatch(batch, dropout: dropout, engine.arena)
        let pass = pass(plan)
        let saved = encoder.forward(
            pass, keeping: arithmetic.recomputesLayers ? .inputs : .activations, selected: selected(batch, plan),
            lendingGradients: gradientsAreZero)
        let gradient = saved.gradient
        gradient.base.update(repeating: 0, count: gradient.rows * gradient.columns)
        var sums = LossSums()
        addMaskedLoss(batch, hidden: saved.output, scale: maskedScale, gradient: gradient, to: &sums)
        addSequenceLoss(batch, plan, hidden: saved.output, scale: sequenceScale, gradient: gradient, to: &sums)
        addOwnLosses(batch, pass, hidden: saved.output, scales: objectiveScales, gradient: gradient, to: &sums)
        encoder.backward(saved, pass)
        return sums
    }

    /// The sums of a batch's losses, without dropout and without gradients.
    public func evaluate(_ batch: RaggedBatch) -> LossSums {
        check(batch)
        guard batch.rows > 0 else { return LossSums() }
        engine.arena.reset()
        let plan = PlannedBatch(batch, dropout: nil, engine.arena)
        let pass = pass(plan)
        let saved = encoder.forward(pass, keeping: .nothing, selected: selected(batch, plan))
        var sums = LossSums()
        addMaskedLoss(batch, hidden: saved.output, scale: nil, gradient: nil, to: &sums)
        addSequenceLoss(batch, plan, hidden: saved.output, scale: nil, gradient: nil, to: &sums)
        addOwnLosses(batch, pass, hidden: saved.output, scales: [], gradient: nil, to: &sums)
        return sums
    }

    /// The rows that the losses look at; an objective of your own may look at any.
    private func selected(_ batch: RaggedBatch, _ plan: PlannedBatch) -> SelectedRows? {
        guard ownObjectives.isEmpty else { return nil }
        let masked = maskedHead == nil ? [] : batch.maskedRows
        let withFirst = sequenceHead.map { sequenceCount(batch, $0) > 0 } ?? false
        return SelectedRows(plan, masked: masked, withFirst: withFirst, engine.arena)
    }

    private func sequenceCount(_ batch: RaggedBatch, _ head: SequenceHead) -> Int {
        head.isRegression ? batch.sequenceTargets.count : batch.sequenceLabels.count
    }

    private func addOwnLosses(
        _ batch: RaggedBatch, _ pass: Pass, hidden: MatrixView, scales: [Float], gradient: MatrixView?,
        to sums: inout LossSums
    ) {
        sums.objectives = ownObjectives.enumerated().map { index, objective in
            pass.temporarily {
                objective.loss(
                    hidden, batch, scale: index < scales.count ? scales[index] : 1, gradient: gradient, pass)
            }
        }
    }

    private func addMaskedLoss(
        _ batch: RaggedBatch, hidden: MatrixView, scale: Float?, gradient: MatrixView?, to sums: inout LossSums
    ) {
        guard let maskedHead, !batch.maskedRows.isEmpty else { return }
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let saved = maskedHead.forward(hidden, masked: batch.maskedRows, engine)
        let dOutput = gradient.map { engine.arena.matrix(batch.maskedRows.count, $0.columns) }
        let result = maskedHead.loss(saved, labels: batch.maskedLabels, scale: scale, gradient: dOutput, engine)
        if let gradient, let dOutput {
            maskedHead.backward(saved, gradient: dOutput, masked: batch.maskedRows, hidden: gradient, engine)
        }
        sums.maskedLoss = result.sum
        sums.maskedCorrect = result.correct
        sums.maskedCount = batch.maskedRows.count
    }

    private func addSequenceLoss(
        _ batch: RaggedBatch, _ plan: PlannedBatch, hidden: MatrixView, scale: Float?, gradient: MatrixView?,
        to sums: inout LossSums
    ) {
        guard let sequenceHead else { return }
        let count = sequenceCount(batch, sequenceHead)
        guard count > 0 else { return }
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let saved = sequenceHead.forward(hidden, plan, engine)
        let result = sequenceHead.loss(saved, batch, scale: scale, engine)
        if let gradient { sequenceHead.backward(saved, hidden: gradient, plan, engine) }
        sums.sequenceLoss = result.sum
        sums.sequenceCorrect = result.correct
        sums.sequenceCount = count
    }
}
