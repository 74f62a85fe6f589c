internal import Foundation
internal import Streaming

/// The result of `tessera pretrain`.
public struct PretrainSummary: Codable, Sendable, Equatable {
    /// Optimiser steps.
    public var steps: Int
    /// Sequences and real tokens (no padding) seen.
    public var sequences, tokens: Int
    /// Wall-clock time of training and validation, over all starts of the run.
    public var seconds: Double
    /// Tokens a second: the median over steps after the first three.
    public var tokensPerSecond: Double
    /// Training loss of the last step.
    public var loss: Double
    /// Loss on the validation instances after the last step and before the first; nil without validation instances.
    public var validationLoss, initialValidationLoss: Double?
    /// Its parts after the last step, and the shares predicted.
    public var validationMaskedLoss, validationMaskedAccuracy: Double?
    /// The second task; nil when there is none.
    public var validationSequenceLoss, validationSequenceAccuracy: Double?
    /// Cross-entropy of the validation labels under the token frequencies of the train split.
    public var unigramEntropy: Double?
    /// The largest memory each rank has used, added up.
    public var peakMemoryBytes: Int
    /// Ranks.
    public var processes: Int
    /// The program's version.
    public var version: String
    /// The run's folder, and that of the trained model.
    public var output, model: String

    private enum CodingKeys: String, CodingKey {
        case steps, sequences, tokens, seconds
        case tokensPerSecond = "tokens_per_second"
        case loss
        case validationLoss = "validation_loss"
        case initialValidationLoss = "initial_validation_loss"
        case validationMaskedLoss = "validation_mlm_loss"
        case validationMaskedAccuracy = "validation_mlm_accuracy"
        case validationSequenceLoss = "validation_nsp_loss"
        case validationSequenceAccuracy = "validation_nsp_accuracy"
        case unigramEntropy = "unigram_entropy"
        case peakMemoryBytes = "peak_memory_bytes"
        case processes, version, output, model
    }

    /// Every key is written, with null for what there is not, so that scripts can rely on it.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(steps, forKey: .steps)
        try values.encode(sequences, forKey: .sequences)
        try values.encode(tokens, forKey: .tokens)
        try values.encode(seconds, forKey: .seconds)
        try values.encode(tokensPerSecond, forKey: .tokensPerSecond)
        try values.encode(loss, forKey: .loss)
        try values.encode(validationLoss, forKey: .validationLoss)
        try values.encode(initialValidationLoss, forKey: .initialValidationLoss)
        try values.encode(validationMaskedLoss, forKey: .validationMaskedLoss)
        try values.encode(validationMaskedAccuracy, forKey: .validationMaskedAccuracy)
        try values.encode(validationSequenceLoss, forKey: .validationSequenceLoss)
        try values.encode(validationSequenceAccuracy, forKey: .validationSequenceAccuracy)
        try values.encode(unigramEntropy, forKey: .unigramEntropy)
        try values.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
        try values.encode(processes, forKey: .processes)
        try values.encode(version, forKey: .version)
        try values.encode(output, forKey: .output)
        try values.encode(model, forKey: .model)
    }
}
