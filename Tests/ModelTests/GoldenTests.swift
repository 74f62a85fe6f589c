import Testing

@testable import Model

@Suite struct GoldenTests {
    @Test(.enabled(if: Golden.shared != nil))
    func `forward activations equal those of PyTorch in float64`() throws {
        let golden = try #require(Golden.shared)
        let (batch, padded) = try golden.batch(0)
        let model = try golden.model()
        let width = golden.configuration.hiddenSize
        for layer in 0...golden.configuration.layers {
            let reference = rows(padded, of: try golden.outputs.doubles("f64.hidden_states.\(layer)"), width: width)
            #expect(relativeError(model.hiddenStates(batch, layer: layer), reference) < 1e-6)
        }
        let vocabulary = golden.configuration.vocabularySize
        let logits = rows(
            batch.maskedRows.map { padded[Int($0)] }, of: try golden.outputs.doubles("f64.prediction_logits"),
            width: vocabulary)
        #expect(relativeError(model.maskedLogits(batch), logits) < 2e-6)
        #expect(relativeError(model.pooled(batch), try golden.outputs.doubles("f64.pooler_output")) < 2e-6)
        #expect(
            relativeError(model.sequenceLogits(batch), try golden.outputs.doubles("f64.seq_relationship_logits")) < 4e-6)
        let sums = model.evaluate(batch)
        #expect(abs(sums.maskedLoss / Double(sums.maskedCount) - (try golden.outputs.doubles("f64.mlm_loss")[0])) < 2e-6)
        #expect(
            abs(sums.sequenceLoss / Double(sums.sequenceCount) - (try golden.outputs.doubles("f64.nsp_loss")[0])) < 2e-6)
    }

    @Test(.enabled(if: Golden.shared != nil), arguments: [1, 2, 3])
    func `every gradient equals that of PyTorch in float64`(threads: Int) throws {
        let golden = try #require(Golden.shared)
        let batch = try golden.batch(0).batch
        let model = try golden.model(threads: threads)
        let sums = model.forwardBackward(
            batch, maskedScale: 1 / Float(batch.maskedRows.count), sequenceScale: 1 / Float(batch.sequences), dropout: nil)
        #expect(sums == model.evaluate(batch))
        for entry in model.layout.entries {
            let reference = try golden.gradients.doubles("f64." + entry.name)
            let ours = model.gradients.values(entry.range)
            if entry.name.hasSuffix("key.bias") {
                // Zero in exact arithmetic: softmax does not see a shift.
                #expect(ours.allSatisfy { abs($0) < 1e-6 }, "\(entry.name)")
            } else {
                let error = relativeError(ours, reference)
                #expect(error < 1e-5, "\(entry.name): \(error)")
            }
        }
        let norm = model.gradients.values(0..<model.layout.count).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let reference = try golden.gradients.doubles("f64.global_norm")[0]
        #expect(abs(norm / reference - 1) < 1e-6)
    }
}
