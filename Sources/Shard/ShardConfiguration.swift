/// Everything that shapes the shards of a corpus.
///
/// Two runs with equal configurations, corpora and vocabularies give
/// the same bytes.
public struct ShardConfiguration: Codable, Equatable, Sendable {
    /// Tokens of an instance at most, special tokens included; 8 to 32,768.
    ///
    /// One set holds instances of all of them, each made of the whole corpus.
    public var sequenceLengths = [128]
    /// The second task.
    public var objective = ShardObjective.nsp
    /// With `mlm`, whether an instance reaches over documents.
    public var packing = ShardPacking.document
    /// What becomes of tokens that do not fit.
    public var truncation = ShardTruncation.carry
    /// When masks are drawn.
    public var masking = ShardMasking.dynamic
    /// Whether all pieces of a word are masked together.
    public var wholeWord = false
    /// Whether runs of words are masked together.
    public var spans = false
    /// Share of the tokens to predict.
    public var maskProbability = 0.15
    /// Predictions of an instance at most; nil stands for `sequenceLength * maskProbability`, rounded up (20 for 128).
    public var maxPredictions: Int?
    /// Share of instances made for a shorter length, so that the model knows short inputs too.
    public var shortSequenceProbability = 0.1
    /// NSP: share of instances whose B comes from another document.
    ///
    /// SOP: share of swapped pairs.
    public var randomNextProbability = 0.5
    /// How often each document is cut into instances, each time with other draws.
    public var duplicateFactor = 1
    /// For each corpus, what the duplicate factor is multiplied by; none stands for 1 everywhere.
    public var weights: [Double] = []
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

    /// The sequence length where there is but one; setting it makes it so.
    public var sequenceLength: Int {
        get { sequenceLengths.first ?? 0 }
        set { sequenceLengths = [newValue] }
    }

    /// Predictions of an instance of a length at most.
    public func predictionLimit(_ sequenceLength: Int) -> Int {
        maxPredictions ?? max(1, Int((Double(sequenceLength) * maskProbability).rounded(.up)))
    }

    /// What the duplicate factor of a corpus is multiplied by.
    func weight(ofCorpus number: Int) -> Double { weights.indices.contains(number) ? weights[number] : 1 }

    private enum CodingKeys: String, CodingKey {
        case sequenceLengths = "sequence_length"
        case objective, packing, truncation, masking
        case wholeWord = "whole_word"
        case spans
        case maskProbability = "mask_probability"
        case maxPredictions = "max_predictions"
        case shortSequenceProbability = "short_sequence_probability"
        case randomNextProbability = "random_next_probability"
        case duplicateFactor = "duplicate_factor"
        case weights
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
        try set(&sequenceLengths, .sequenceLengths)
        try set(&objective, .objective)
        try set(&packing, .packing)
        try set(&truncation, .truncation)
        try set(&masking, .masking)
        try set(&wholeWord, .wholeWord)
        try set(&spans, .spans)
        try set(&maskProbability, .maskProbability)
        maxPredictions = try values.decodeIfPresent(Int.self, forKey: .maxPredictions)
        try set(&shortSequenceProbability, .shortSequenceProbability)
        try set(&randomNextProbability, .randomNextProbability)
        try set(&duplicateFactor, .duplicateFactor)
        try set(&weights, .weights)
        try set(&validationFraction, .validationFraction)
        try set(&seed, .seed)
        try set(&partitionBytes, .partitionBytes)
        cased = try values.decodeIfPresent(Bool.self, forKey: .cased)
        try set(&language, .language)
    }
}
