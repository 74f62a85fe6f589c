public import Streaming

/// What a fine-tuning run does, apart from its task, data, model and output.
public struct FinetuneConfiguration: Codable, Sendable, Equatable {
    /// Passes over the training examples.
    public var epochs = 3
    /// Examples of a step.
    public var batch = 32
    /// The peak learning rate.
    public var learningRate = 2e-5
    /// One run for each seed; the summary gives medians over them.
    public var seeds: [UInt64] = [1]
    /// Tokens of an example at most, special tokens included; longer ones lose tokens of the longer text first.
    public var maxLength = 128
    /// Share of the steps for the warm-up.
    public var warmup = 0.1
    /// Decay of the weights.
    public var weightDecay = 0.01
    /// The largest norm of a gradient; 0 for no limit.
    public var clip = 1.0
    /// Dropout of all kinds; nil keeps what the model says.
    public var dropout: Double?
    /// Steps between checkpoints; each epoch ends with one too.
    public var checkpointEvery = 2_000
    /// Threads; 0 for all cores.
    public var threads = 0

    /// The defaults: those of Devlin et al.
    ///
    /// 2019, §4.1.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case epochs, batch
        case learningRate = "learning_rate"
        case seeds
        case maxLength = "max_length"
        case warmup
        case weightDecay = "weight_decay"
        case clip, dropout
        case checkpointEvery = "checkpoint_every"
        case threads
    }

    /// Decodes what is given; every absent key keeps its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func set<Value: Decodable>(_ field: inout Value, _ key: CodingKeys) throws {
            if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
        }
        try set(&epochs, .epochs)
        try set(&batch, .batch)
        try set(&learningRate, .learningRate)
        try set(&seeds, .seeds)
        try set(&maxLength, .maxLength)
        try set(&warmup, .warmup)
        try set(&weightDecay, .weightDecay)
        try set(&clip, .clip)
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout)
        try set(&checkpointEvery, .checkpointEvery)
        try set(&threads, .threads)
    }

    /// The fewest tokens `maxLength` and a model's positions may allow.
    static let shortestExample = 8

    /// Refuses values outside their ranges.
    public func validate() throws(Failure) {
        func need(_ holds: Bool, _ message: String) throws(Failure) {
            if !holds { throw Failure(.usage, message, remedy: "correct the option") }
        }
        try need((1...10_000).contains(epochs), "the epochs must be 1 to 10000, not \(epochs)")
        try need((1...1 << 16).contains(batch), "the batch must be 1 to 65536, not \(batch)")
        try need(learningRate > 0 && learningRate.isFinite, "the learning rate must be above 0, not \(learningRate)")
        try need(!seeds.isEmpty && Set(seeds).count == seeds.count, "the seeds must be one or more, all different")
        try need(
            (Self.shortestExample...32_768).contains(maxLength),
            "the longest example must be \(Self.shortestExample) to 32768 tokens, not \(maxLength)")
        try need((0...1).contains(warmup), "the warm-up must be a share from 0 to 1, not \(warmup)")
        try need(
            weightDecay >= 0 && weightDecay < 1, "the weight decay must be 0 or more and below 1, not \(weightDecay)")
        try need(clip >= 0 && clip.isFinite, "the limit of the gradient's norm must be 0 or more, not \(clip)")
        try need((dropout ?? 0) >= 0 && (dropout ?? 0) < 1, "the dropout must be 0 or more and below 1")
        try need(checkpointEvery >= 1, "checkpoints must be 1 step or more apart, not \(checkpointEvery)")
        try need((0...4096).contains(threads), "the threads must be 0 to 4096, not \(threads)")
    }
}
