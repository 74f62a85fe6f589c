public import Streaming

/// What the two segments of an instance are, and what the model has to tell of them.
public enum ShardObjective: String, Codable, Sendable, CaseIterable {
    /// Next-sentence prediction (Devlin et al. 2019, §3.1): B follows A, or comes from another document.
    case nsp
    /// Sentence-order prediction (Lan et al. 2020, §3.1): B follows A, or the two are swapped.
    case sop
    /// Masked words alone: runs of whole sentences of one document (Liu et al. 2019, §4.2, DOC-SENTENCES).
    case mlm

    /// Special tokens around the segments: [CLS] A [SEP] B [SEP], or [CLS] A [SEP].
    public var specialTokens: Int { self == .mlm ? 2 : 3 }
}

/// When masks are drawn.
public enum ShardMasking: String, Codable, Sendable, CaseIterable {
    /// Anew in every epoch, while training.
    case dynamic
    /// Once, and stored in the shards.
    case `static`
}

/// The two parts of a set of shards; a document is in one of them only.
public enum ShardSplit: String, Codable, Sendable, CaseIterable {
    case train, validation

    var number: UInt64 { self == .train ? 0 : 1 }
}

/// Everything that shapes the shards of a corpus. Two runs with equal configurations, corpora and vocabularies give
/// the same bytes.
public struct ShardConfiguration: Codable, Equatable, Sendable {
    /// Tokens of an instance at most, special tokens included; 8 to 32,768.
    public var sequenceLength = 128
    /// The second task.
    public var objective = ShardObjective.nsp
    /// When masks are drawn.
    public var masking = ShardMasking.dynamic
    /// Whether all pieces of a word are masked together.
    public var wholeWord = false
    /// Share of the tokens to predict.
    public var maskProbability = 0.15
    /// Predictions of an instance at most; nil stands for `sequenceLength * maskProbability`, rounded up (20 for 128).
    public var maxPredictions: Int?
    /// Share of instances made for a shorter length, so that the model knows short inputs too.
    public var shortSequenceProbability = 0.1
    /// NSP: share of instances whose B comes from another document. SOP: share of swapped pairs.
    public var randomNextProbability = 0.5
    /// How often each document is cut into instances, each time with other draws.
    public var duplicateFactor = 1
    /// Share of the documents kept for validation.
    public var validationFraction = 0.01
    /// The seed of every draw.
    public var seed: UInt64 = 12345
    /// Size of a partition, in bytes of token ids.
    public var partitionBytes = 64 << 20
    /// Whether capitals are kept; nil asks the tokenizer_config.json beside the vocabulary.
    public var cased: Bool?
    /// Language of the sentence splitter.
    public var language = "en"

    /// The defaults: BERT's own.
    public init() {}

    /// Predictions of an instance at most.
    public var predictionLimit: Int {
        maxPredictions ?? max(1, Int((Double(sequenceLength) * maskProbability).rounded(.up)))
    }

    /// Tokens of A and B together at most.
    var tokenLimit: Int { sequenceLength - objective.specialTokens }

    private enum CodingKeys: String, CodingKey {
        case sequenceLength = "sequence_length"
        case objective, masking
        case wholeWord = "whole_word"
        case maskProbability = "mask_probability"
        case maxPredictions = "max_predictions"
        case shortSequenceProbability = "short_sequence_probability"
        case randomNextProbability = "random_next_probability"
        case duplicateFactor = "duplicate_factor"
        case validationFraction = "validation_fraction"
        case seed
        case partitionBytes = "partition_bytes"
        case cased, language
    }

    /// Decodes what is given; every absent key keeps its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func set<Value: Decodable>(_ field: inout Value, _ key: CodingKeys) throws {
            if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
        }
        try set(&sequenceLength, .sequenceLength)
        try set(&objective, .objective)
        try set(&masking, .masking)
        try set(&wholeWord, .wholeWord)
        try set(&maskProbability, .maskProbability)
        maxPredictions = try values.decodeIfPresent(Int.self, forKey: .maxPredictions)
        try set(&shortSequenceProbability, .shortSequenceProbability)
        try set(&randomNextProbability, .randomNextProbability)
        try set(&duplicateFactor, .duplicateFactor)
        try set(&validationFraction, .validationFraction)
        try set(&seed, .seed)
        try set(&partitionBytes, .partitionBytes)
        cased = try values.decodeIfPresent(Bool.self, forKey: .cased)
        try set(&language, .language)
    }

    /// Refuses values outside their ranges.
    public func validate() throws(Failure) {
        func need(_ holds: Bool, _ message: String) throws(Failure) {
            if !holds { throw Failure(.usage, message, remedy: "correct the option") }
        }
        try need((8...32_768).contains(sequenceLength), "the sequence length must be 8 to 32768, not \(sequenceLength)")
        try need(maskProbability > 0 && maskProbability < 1, "the mask probability must lie between 0 and 1")
        try need(
            (1...sequenceLength).contains(predictionLimit),
            "the predictions of a sequence must be 1 to \(sequenceLength), not \(predictionLimit)")
        let probabilities = [shortSequenceProbability, randomNextProbability]
        try need(probabilities.allSatisfy { (0...1).contains($0) }, "a probability must be 0 to 1")
        try need((1...1000).contains(duplicateFactor), "the duplicate factor must be 1 to 1000, not \(duplicateFactor)")
        try need(
            validationFraction >= 0 && validationFraction < 1, "the validation fraction must be 0 or more, below 1")
        try need(
            (1 << 10...1 << 32).contains(partitionBytes),
            "the partition size must be 1 KiB to 4 GiB, not \(partitionBytes)")
    }
}
