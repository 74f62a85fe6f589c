import Streaming

@testable import Model

/// A model small enough for a test, with weights large enough that no gradient is trivial.
func smallModel(
    _ head: ModelHead = .pretraining(nextSentence: true), activation: Activation = .gelu, threads: Int = 2,
    dropout: Double = 0.1, norm: NormPlacement = .post, change: (inout BertConfiguration) -> Void = { _ in }
) throws -> BertModel {
    var configuration = BertConfiguration(vocabularySize: 60, hiddenSize: 32, layers: 2, heads: 4, intermediateSize: 48)
    configuration.maxPositionEmbeddings = 40
    configuration.activation = activation
    configuration.hiddenDropout = dropout
    configuration.attentionDropout = dropout
    configuration.initializerRange = 0.2
    configuration.normPlacement = norm
    change(&configuration)
    let model = try BertModel(configuration: configuration, head: head, threads: threads)
    model.initialize(seed: 3)
    return model
}

/// Random sequences with the given lengths for a model of `smallModel`.
func randomBatch(_ lengths: [Int], seed: UInt64, classes: Int = 2, vocabulary: Int = 60) -> RaggedBatch {
    var random = Philox(seed: seed, purpose: Philox.purpose("test batch"))
    var batch = RaggedBatch()
    for length in lengths {
        let positions = (0..<length).filter { _ in random.below(3) == 0 }.map { Int32($0) }
        batch.append(
            tokens: (0..<length).map { _ in Int32(1 + random.below(vocabulary - 1)) },
            segments: (0..<length).map { $0 < length / 2 ? 0 : 1 }, positions: positions,
            labels: positions.map { _ in Int32(random.below(vocabulary)) })
        batch.sequenceLabels.append(Int32(random.below(classes)))
        batch.sequenceTargets.append(Float(random.unit()) * 5)
    }
    return batch
}

extension RaggedBatch {
    /// The batch of some of the sequences, in the given order.
    func picking(_ chosen: [Int]) -> RaggedBatch {
        var result = RaggedBatch()
        for sequence in chosen {
            let range = range(sequence)
            let masked = maskedRows.indices.filter { range.contains(Int(maskedRows[$0])) }
            result.append(
                tokens: Array(tokens[range]), segments: Array(segments[range]),
                positions: masked.map { maskedRows[$0] - Int32(range.lowerBound) },
                labels: masked.map { maskedLabels[$0] })
            result.sequenceLabels.append(sequenceLabels[sequence])
            result.sequenceTargets.append(sequenceTargets[sequence])
        }
        return result
    }
}

extension BertModel {
    var allGradients: [Float] { gradients.values(0..<gradients.count) }
}
