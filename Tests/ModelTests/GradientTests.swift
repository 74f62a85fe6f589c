import Streaming
import Testing

@testable import Model

@Suite struct GradientTests {
    private static let heads: [ModelHead] = [
        .pretraining(nextSentence: true), .pretraining(nextSentence: false), .classification(labels: 3),
        .classification(labels: 1),
    ]

    /// The loss along a parameter's own gradient must change as the gradient says; dropout's mask is fixed by its key.
    ///
    /// - Parameter change: how much the loss changes, about; less where the network has kinks.
    private func checkDirections(
        _ model: BertModel, _ batch: RaggedBatch, change: Double = 1e-2, tolerance: Double = 2e-2
    ) {
        let key = DropoutKey(seed: 5, step: 9)
        func loss() -> Double {
            let sums = model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: key)
            return sums.maskedLoss + sums.sequenceLoss
        }
        _ = loss()
        let gradients = model.allGradients
        for entry in model.layout.entries where !entry.name.hasSuffix("key.bias") {
            let start = model.parameters.values(entry.range)
            let slope = gradients[entry.range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard slope > 0 else {
                Issue.record("\(entry.name) has no gradient")
                continue
            }
            // So far along the unit gradient that the loss changes by about this much.
            let step = change / slope
            func moved(_ length: Double) -> Double {
                let moved = zip(start, gradients[entry.range]).map { $0 + Float(length / slope * Double($1)) }
                model.parameters.set(moved, at: entry.offset)
                return loss()
            }
            let measured = (moved(step) - moved(-step)) / (2 * step)
            model.parameters.set(start, at: entry.offset)
            #expect(abs(measured / slope - 1) < tolerance, "\(entry.name): \(measured) along a gradient of \(slope)")
        }
    }

    @Test(arguments: heads)
    func `the loss changes as the gradients say, dropout on`(head: ModelHead) throws {
        let model = try smallModel(head, dropout: 0.2)
        checkDirections(model, randomBatch([9, 1, 17, 5], seed: 1, classes: max(2, head.sequenceOutputs)))
    }

    @Test func `the loss changes as the gradients say in a pre-LN model with an untied decoder`() throws {
        let model = try smallModel(dropout: 0.2, norm: .pre) { $0.tiesWordEmbeddings = false }
        checkDirections(model, randomBatch([9, 1, 17, 5], seed: 1))
    }

    @Test(arguments: [Activation.geluNew, .geluTanh, .relu, .silu])
    func `the loss changes as the gradients say with other activations`(activation: Activation) throws {
        checkDirections(
            try smallModel(activation: activation), randomBatch([9, 1, 17, 5], seed: 2),
            change: activation == .relu ? 2e-3 : 1e-2, tolerance: activation == .relu ? 4e-2 : 2e-2)
    }

    @Test func `dropout changes the loss with the key and only with the key`() throws {
        let model = try smallModel()
        let batch = randomBatch([9, 12], seed: 4)
        func loss(_ key: DropoutKey?) -> Double {
            model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: key).maskedLoss
        }
        let key = DropoutKey(seed: 1, step: 1)
        #expect(loss(key) == loss(key))
        #expect(loss(key) != loss(DropoutKey(seed: 2, step: 1)))
        #expect(loss(key) != loss(DropoutKey(seed: 1, step: 2)))
        #expect(loss(key) != loss(DropoutKey(seed: 1, step: 1, firstSequence: 1)))
        #expect(loss(nil) == model.evaluate(batch).maskedLoss)
    }
}
