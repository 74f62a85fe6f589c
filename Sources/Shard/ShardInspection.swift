public import Streaming
internal import Tokenize

/// What a set of shards holds, told for people and for `--json`.
public struct ShardInspection: Sendable, Codable, Equatable {
    /// Figures of one split.
    public struct Split: Sendable, Codable, Equatable {
        /// Instances, and the tokens in them, special ones left out.
        public var instances, tokens: Int
        /// Tokens, special ones included, in percent of what the sequence length leaves room for.
        public var fillPercent: Double
        /// Instances labelled as random (NSP) or swapped (SOP), in percent.
        public var randomNextPercent: Double
        /// Instances shorter than the sequence length, in percent.
        public var shortPercent: Double
        /// Instances by length, special tokens included: sixteen equal steps up to the sequence length.
        public var lengths: [Int]

        private enum CodingKeys: String, CodingKey {
            case instances, tokens
            case fillPercent = "fill_percent"
            case randomNextPercent = "random_next_percent"
            case shortPercent = "short_percent"
            case lengths
        }
    }

    /// What the set says of itself.
    public var information: ShardInformation
    /// Figures of the two splits.
    public var train, validation: Split

    /// The figures of a finished set, from its index; no block is read.
    public init(_ reader: ShardReader) {
        information = reader.information
        train = ShardInspection.split(reader, .train)
        validation = ShardInspection.split(reader, .validation)
    }

    private static func split(_ reader: ShardReader, _ split: ShardSplit) -> Split {
        let set = ShardSet(sequenceLength: reader.information.sequenceLength, split: split)
        let values = reader.statistics[set] ?? [:]
        func value(_ name: String) -> Int { values[name] ?? 0 }
        let (instances, tokens) = (reader.count(split), value("tokens"))
        func percent(_ part: Double, of whole: Int) -> Double { whole > 0 ? 100 * part / Double(whole) : 0 }
        let room = Double(instances) * Double(reader.information.sequenceLength)
        let filled = Double(tokens) + Double(instances) + Double(value("runs"))
        return Split(
            instances: instances, tokens: tokens, fillPercent: room > 0 ? 100 * filled / room : 0,
            randomNextPercent: percent(Double(value("random_next")), of: instances),
            shortPercent: percent(Double(instances) - Double(value("full")), of: instances),
            lengths: (0..<SplitStatistics.bins).map { value(SplitStatistics.bin($0)) })
    }

    /// Instances as text: pieces between [CLS] and [SEP], the masked ones of epoch 0 as `[MASK]{true piece}`.
    /// - Parameters:
    ///   - count: how many, from the first on.
    public static func examples(_ reader: ShardReader, _ split: ShardSplit, count: Int) throws(Failure) -> [String] {
        let vocabulary = try reader.tokenizer().vocabulary
        let policy = MaskingPolicy(reader.information, vocabulary: vocabulary)
        var lines: [String] = []
        for index in 0..<min(max(0, count), reader.count(split)) {
            let instance = try reader.instance(index, split)
            let example = policy.apply(instance, seed: reader.information.seed, epoch: 0)
            var pieces = example.tokens.map { vocabulary.piece($0) }
            for (position, label) in zip(example.positions, example.labels) {
                pieces[Int(position)] += "{\(vocabulary.piece(label))}"
            }
            lines.append(
                "\(split.rawValue) \(index): documents \(instance.documentA) and \(instance.documentB), "
                    + "\(instance.isRandomNext ? "random" : "next"): \(pieces.joined(separator: " "))")
        }
        return lines
    }
}
