internal import Model
internal import Shard
internal import Training

/// Cuts a run of sequences into micro-batches, of so many sequences or of so many tokens.
package struct MicroBatchCutter: Sendable {
    /// Tokens of a micro-batch when no number of sequences is given: enough for full speed, little memory.
    static let tokens = 4_096
    /// Sequences in a micro-batch; 0 goes by tokens.
    var sequences: Int
    /// Whether sequences carry the label of the second task.
    var hasSequenceLabels: Bool

    package init(sequences: Int, hasSequenceLabels: Bool) {
        self.sequences = sequences
        self.hasSequenceLabels = hasSequenceLabels
    }

    /// - Parameter first: the number, in the global batch, of the first example.
    func cut(_ examples: [MaskedExample], first: Int) -> BatchShare {
        var share = BatchShare(microBatches: [], firstSequences: [])
        var batch = RaggedBatch()
        for (index, example) in examples.enumerated() {
            if isFull(batch, with: example) {
                share.microBatches.append(batch)
                batch = RaggedBatch()
            }
            if batch.sequences == 0 { share.firstSequences.append(first + index) }
            batch.append(
                tokens: example.tokens, segments: example.segments, positions: example.positions, labels: example.labels
            )
            if hasSequenceLabels { batch.sequenceLabels.append(example.isRandomNext ? 1 : 0) }
        }
        if batch.sequences > 0 { share.microBatches.append(batch) }
        return share
    }

    private func isFull(_ batch: RaggedBatch, with example: MaskedExample) -> Bool {
        guard batch.sequences > 0 else { return false }
        if sequences > 0 { return batch.sequences >= sequences }
        return batch.rows + example.tokens.count > MicroBatchCutter.tokens
    }
}
