import Testing

@testable import Model

@Suite struct GoldenTests {
    @Test func `forward activations equal those computed in float64`() throws {
        for golden in try Golden.all() {
            let (batch, padded) = try golden.batch(0)
            let model = try golden.model()
            func reference(_ name: String) throws -> [Double] { try golden.outputs.doubles("f64." + name) }
            let width = golden.configuration.hiddenSize
            for layer in 0...golden.configuration.layers {
                let expected = rows(padded, of: try reference("hidden_states.\(layer)"), width: width)
                #expect(relativeError(model.hiddenStates(batch, layer: layer), expected) < 1e-6)
            }
            let masked = batch.maskedRows.map { padded[Int($0)] }
            let logits = rows(
                masked, of: try reference("prediction_logits"), width: golden.configuration.vocabularySize)
            #expect(relativeError(model.maskedLogits(batch), logits) < 2e-6)
            #expect(relativeError(model.pooled(batch), try reference("pooler_output")) < 2e-6)
            #expect(relativeError(model.sequenceLogits(batch), try reference("seq_relationship_logits")) < 4e-6)
            let sums = model.evaluate(batch)
            let maskedLoss = sums.maskedLoss / Double(sums.maskedCount)
            let sequenceLoss = sums.sequenceLoss / Double(sums.sequenceCount)
            #expect(abs(maskedLoss - (try reference("mlm_loss")[0])) < 2e-6)
            #expect(abs(sequenceLoss - (try reference("nsp_loss")[0])) < 2e-6)
        }
    }

    @Test(arguments: [1, 2, 3])
    func `every gradient equals that computed in float64`(threads: Int) throws {
        for golden in try Golden.all() {
            let batch = try golden.batch(0).batch
            let model = try golden.model(threads: threads)
            let sums = model.forwardBackward(
                batch, maskedScale: 1 / Float(batch.maskedRows.count), sequenceScale: 1 / Float(batch.sequences),
                dropout: nil)
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
            let squares = model.gradients.values(0..<model.layout.count).reduce(0) { $0 + Double($1) * Double($1) }
            let reference = try golden.gradients.doubles("f64.global_norm")[0]
            #expect(abs(squares.squareRoot() / reference - 1) < 1e-6)
        }
    }

    @Test func `gradients accumulate until they are zeroed`() throws {
        let golden = try Golden.fixture()
        let batch = try golden.batch(0).batch
        let model = try golden.model()
        model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: nil)
        let once = model.gradients.values(0..<model.gradients.count)
        model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: nil)
        #expect(relativeError(model.gradients.values(0..<model.gradients.count), once.map { 2 * Double($0) }) < 1e-6)
        model.gradients.zero()
        #expect(model.gradients.buffer.allSatisfy { $0 == 0 })
    }
}
