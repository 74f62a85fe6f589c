internal import Foundation
public import Model

/// Sentence-order prediction (Lan and others 2019): are the two segments in their order, or swapped? From the first token
/// of each sequence, through a tanh layer as in BERT's own next-sentence head.
///
/// The labels are the batch's `sequenceLabels`, 0 for in order.
public struct SentenceOrder: Objective {
    private let pooler: Linear
    private let classifier: Linear

    /// Declares `pooler` [H, H] and `classifier` [2, H].
    public init(_ scope: inout ParameterScope) {
        let width = scope.configuration.hiddenSize
        pooler = scope.linear("pooler", inputs: width, outputs: width)
        classifier = scope.linear("classifier", inputs: width, outputs: 2)
    }

    /// One prediction for each sequence that has a label.
    public func count(_ batch: RaggedBatch) -> Int { batch.sequenceLabels.count }

    /// The cross entropy of the labels, summed.
    public func loss(
        _ hidden: MatrixView, _ batch: RaggedBatch, scale: Float, gradient: MatrixView?, _ pass: Pass
    ) -> ObjectiveSums {
        guard count(batch) > 0 else { return ObjectiveSums() }
        let firstRows = Array(batch.offsets.dropLast())
        let first = pass.gather(firstRows, of: hidden)
        let pooled = pass.matrix(first.rows, first.columns)
        pass.linear(first, pooler, output: pooled)
        for place in 0..<pooled.rows * pooled.columns { pooled.base[place] = tanh(pooled.base[place]) }
        let logits = pass.matrix(first.rows, 2)
        pass.linear(pooled, classifier, output: logits)
        let sums = pass.crossEntropy(logits, batch.sequenceLabels, scale: gradient == nil ? nil : scale)
        guard let gradient else { return sums }
        let dPooled = pass.matrix(first.rows, first.columns)
        pass.linearBackward(logits, pooled, classifier, into: dPooled)
        for place in 0..<pooled.rows * pooled.columns {
            dPooled.base[place] *= 1 - pooled.base[place] * pooled.base[place]
        }
        let dFirst = pass.matrix(first.rows, first.columns)
        pass.linearBackward(dPooled, first, pooler, into: dFirst)
        pass.scatter(dFirst, adding: firstRows, of: gradient)
        return sums
    }
}
