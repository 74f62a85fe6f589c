public import Model

/// A task of one's own beside masked language modelling: does a masked word belong to a glossary, such as the terms of a
/// hospital? It asks the network to tell a term's place before it tells the term.
public struct GlossaryTerms: Objective {
    private let classifier: Linear
    private let terms: Set<Int32>

    /// Declares `classifier` [2, H].
    /// - Parameter terms: ids of the pieces that belong to the glossary.
    public init(terms: Set<Int32>, _ scope: inout ParameterScope) {
        self.terms = terms
        classifier = scope.linear("classifier", inputs: scope.configuration.hiddenSize, outputs: 2)
    }

    /// One prediction for each masked token.
    public func count(_ batch: RaggedBatch) -> Int { batch.maskedRows.count }

    /// The cross entropy of all predictions, summed.
    public func loss(
        _ hidden: MatrixView, _ batch: RaggedBatch, scale: Float, gradient: MatrixView?, _ pass: Pass
    ) -> ObjectiveSums {
        guard count(batch) > 0 else { return ObjectiveSums() }
        let masked = pass.gather(batch.maskedRows, of: hidden)
        let logits = pass.matrix(masked.rows, 2)
        pass.linear(masked, classifier, output: logits)
        let labels: [Int32] = batch.maskedLabels.map { terms.contains($0) ? 1 : 0 }
        let sums = pass.crossEntropy(logits, labels, scale: gradient == nil ? nil : scale)
        if let gradient {
            let dMasked = pass.matrix(masked.rows, masked.columns)
            pass.linearBackward(logits, masked, classifier, into: dMasked)
            pass.scatter(dMasked, adding: batch.maskedRows, of: gradient)
        }
        return sums
    }
}
