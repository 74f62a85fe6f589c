internal import CKernels

extension BertModel {
    /// The head's numbers for each sequence, [sequences, labels]; empty without such a head.
    public func sequenceLogits(_ batch: RaggedBatch) -> [Float] {
        guard let sequenceHead, let (plan, hidden) = encode(batch) else { return [] }
        let logits = sequenceHead.forward(hidden, plan, engine).logits
        engine.kernels.add_bias(logits.base, sequenceHead.classifier.bias, logits.rows, logits.columns)
        return logits.values
    }

    /// Logits over the vocabulary for each masked row, [masked, vocabulary]; empty without a masked-LM head.
    public func maskedLogits(_ batch: RaggedBatch) -> [Float] {
        guard let maskedHead, !batch.maskedRows.isEmpty, let (_, hidden) = encode(batch) else { return [] }
        return maskedHead.logits(maskedHead.forward(hidden, masked: batch.maskedRows, engine), engine).values
    }

    /// Hidden rows after `layer` layers, [rows, hidden]; 0 gives the embeddings' output.
    public func hiddenStates(_ batch: RaggedBatch, layer: Int) -> [Float] {
        precondition(layer >= 0 && layer <= configuration.layers, "layer \(layer) of \(configuration.layers)")
        return encode(batch, depth: layer)?.1.values ?? []
    }

    /// The pooler's output for each sequence, [sequences, hidden]; empty for a model without a pooler.
    public func pooled(_ batch: RaggedBatch) -> [Float] {
        guard let pooler, let (plan, hidden) = encode(batch) else { return [] }
        return pooler.forward(hidden, plan, engine).output.values
    }

    /// The batch's plan and hidden rows, valid until the next call; nil for an empty batch.
    private func encode(_ batch: RaggedBatch, depth: Int? = nil) -> (PlannedBatch, MatrixView)? {
        check(batch)
        guard batch.rows > 0 else { return nil }
        engine.arena.reset()
        let plan = PlannedBatch(batch, dropout: nil, engine.arena)
        return (plan, encoder.forward(pass(plan), keeping: .nothing, depth: depth).output)
    }
}
