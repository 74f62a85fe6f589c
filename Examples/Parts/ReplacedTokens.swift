internal import Foundation
public import Model

/// Replaced-token detection (Clark and others 2020, without their generator): tells tokens that the text had from others.
///
/// A tenth of the tokens that BERT's masking chooses are replaced by random ones; each token but [MASK] is judged, from
/// its own hidden row, by one logistic unit.
public struct ReplacedTokens: Objective {
    private let unit: Linear
    private let maskID: Int32

    /// Declares `unit` [1, H].
    /// - Parameter maskID: the id of [MASK]; a masked token is no secret.
    public init(maskID: Int32, _ scope: inout ParameterScope) {
        self.maskID = maskID
        unit = scope.linear("unit", inputs: scope.configuration.hiddenSize, outputs: 1)
    }

    /// Every token but [MASK].
    public func count(_ batch: RaggedBatch) -> Int { batch.tokens.count { $0 != maskID } }

    /// The logistic loss of all judgements, summed.
    public func loss(
        _ hidden: MatrixView, _ batch: RaggedBatch, scale: Float, gradient: MatrixView?, _ pass: Pass
    ) -> ObjectiveSums {
        pass.temporarily {
            let logits = pass.matrix(hidden.rows, 1)
            pass.linear(hidden, unit, output: logits)
            let replaced = replaced(batch)
            var sums = ObjectiveSums()
            for row in 0..<hidden.rows {
                let (logit, target): (Float, Float) = (logits.base[row], replaced[row] ? 1 : 0)
                let isJudged = batch.tokens[row] != maskID
                // -log of the logistic function, in a form that does not overflow.
                let loss = max(logit, 0) - logit * target + log1p(exp(-abs(logit)))
                if isJudged {
                    sums += ObjectiveSums(loss: Double(loss), count: 1, correct: (logit > 0) == replaced[row] ? 1 : 0)
                }
                logits.base[row] = isJudged ? scale * (1 / (1 + exp(-logit)) - target) : 0
            }
            if let gradient { pass.linearBackward(logits, hidden, unit, into: gradient, adding: true) }
            return sums
        }
    }

    /// Whether each row holds another token than the text had.
    private func replaced(_ batch: RaggedBatch) -> [Bool] {
        var replaced = [Bool](repeating: false, count: batch.rows)
        for (row, label) in zip(batch.maskedRows, batch.maskedLabels) {
            replaced[Int(row)] = batch.tokens[Int(row)] != label
        }
        return replaced
    }
}
