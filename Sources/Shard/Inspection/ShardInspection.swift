internal import Storage
public import Streaming
internal import Tokenize

/// What a set of shards holds: exact figures from its index, figures of a sample of its instances, and some decoded.
public struct ShardInspection: Sendable, Equatable {
    /// Instances of a split that are looked at when not all are wanted.
    public static let sampleInstances = 131_072
    /// Unknown words that are told.
    public static let unknownWords = 20

    /// Figures of one split, from the index.
    public struct Split: Sendable, Equatable {
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
    }

    /// Figures of the instances looked at, with their masks as drawn in epoch 0.
    public struct Sample: Sendable, Equatable {
        /// Instances looked at, documents met in them, and tokens without special ones.
        public var instances, documents, tokens: Int
        /// Tokens that are [UNK], and documents that have some.
        public var unknownTokens, unknownDocuments: Int
        /// Predictions in percent of all tokens.
        public var predictedPercent: Double
        /// What stands at a prediction's place, in percent: [MASK], another piece, the true one.
        public var maskedPercent, randomPercent, keptPercent: Double
        /// Instances labelled as random (NSP) or swapped (SOP), in percent.
        public var randomNextPercent: Double
    }

    /// A source of the corpus, by what the sample holds of it.
    public struct Source: Sendable, Equatable {
        /// Where it was read from, its kind, and the corpus it is in.
        public var uri, kind, corpus: String
        /// Documents met, and tokens of them.
        public var documents, tokens: Int
    }

    /// Words that became [UNK], the most frequent first.
    public struct Unknown: Sendable, Equatable {
        /// Bytes of text that were read for them.
        public var textBytes: Int
        /// Words and how often they stand there.
        public var words: [(word: String, count: Int)]

        /// Field by field.
        public static func == (left: Unknown, right: Unknown) -> Bool {
            left.textBytes == right.textBytes && left.words.elementsEqual(right.words, by: ==)
        }
    }

    /// What the set holds of one sequence length, both splits together, from the index.
    public struct Length: Sendable, Equatable {
        /// Tokens of an instance at most.
        public var sequenceLength: Int
        /// Instances, the tokens in them, special ones left out, and the bytes of their blocks.
        public var instances, tokens, bytes: Int
        /// Tokens, special ones included, in percent of what the sequence length leaves room for.
        public var fillPercent: Double
        /// Bytes for each token; 0 when there is none.
        public var bytesPerToken: Double { tokens > 0 ? Double(bytes) / Double(tokens) : 0 }
    }

    /// What the set says of itself.
    public var information: ShardInformation
    /// How it came to be.
    public var history: ShardHistory
    /// Every length the set holds, in the order it was asked for.
    public var lengths: [Length]
    /// Figures of the two splits of the length that is looked at.
    public var train, validation: Split
    /// Figures of the instances looked at.
    public var sample: Sample
    /// Sources of the corpus; none without it.
    public var sources: [Source] = []
    /// Unknown words; nil without the corpus.
    public var unknown: Unknown?
    /// Instances decoded.
    public var examples: [ShardExample]
    /// What could not be told and why, and what to be wary of.
    public var notes: [String] = []

    /// Looks at a finished set.
    /// - Parameters:
    ///   - sequenceLength: the length of the instances; nil takes the first that the set holds.
    ///   - corpus: the corpus it was made from, when it is not where it was.
    ///   - examples: instances to decode.
    ///   - all: whether every instance and all text with unknown words is looked at, not a sample.
    ///   - jobs: threads; the result does not depend on it.
    public init(
        _ directory: String, sequenceLength: Int? = nil, corpus: String? = nil, examples count: Int = 0,
        all: Bool = false, jobs: Int = 1,
        progress: ProgressMeter.Style = .quiet
    ) throws(Failure) {
        let reader = try ShardReader(directory, sequenceLength: sequenceLength)
        let tokenizer = try reader.tokenizer()
        let corpora = try ShardCorpora(of: reader, given: corpus)
        information = reader.information
        history = try ShardHistory(directory)
        lengths = reader.information.sequenceLengths.map { ShardInspection.length(reader, $0) }
        train = ShardInspection.split(reader, .train)
        validation = ShardInspection.split(reader, .validation)
        notes = corpora.notes
        do {
            let survey = try InstanceSurvey.of(
                reader, tokenizer.vocabulary, corpora: corpora, limit: all ? nil : ShardInspection.sampleInstances,
                jobs: max(1, jobs), progress: progress)
            sample = ShardInspection.sample(survey)
            sources = ShardInspection.sources(corpora, survey)
            unknown = try ShardInspection.unknown(
                corpora, tokenizer, survey, limit: all ? nil : UnknownWords.sampleBytes, jobs: max(1, jobs))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.inputOutput, "\(error)", at: directory)
        }
        examples = try ShardExample.first(count, of: reader, tokenizer, corpora: corpora)
    }

    private static func percent(_ part: Double, of whole: Double) -> Double { whole > 0 ? 100 * part / whole : 0 }

    private static func percent(_ part: Int, of whole: Int) -> Double { percent(Double(part), of: Double(whole)) }

    private static func length(_ reader: ShardReader, _ length: Int) -> Length {
        func sum(_ name: String) -> Int {
            ShardSplit.allCases.reduce(0) {
                $0 + (reader.statistics[ShardSet(sequenceLength: length, split: $1)]?[name] ?? 0)
            }
        }
        let (instances, tokens) = (sum("instances"), sum("tokens"))
        return Length(
            sequenceLength: length, instances: instances, tokens: tokens,
            bytes: reader.rows.reduce(0) { $0 + ($1.set.sequenceLength == length ? $1.size : 0) },
            fillPercent: percent(
                Double(tokens) + Double(instances) + Double(sum("runs")), of: Double(instances) * Double(length)))
    }

    private static func split(_ reader: ShardReader, _ split: ShardSplit) -> Split {
        let set = ShardSet(sequenceLength: reader.information.sequenceLength, split: split)
        let values = reader.statistics[set] ?? [:]
        func value(_ name: String) -> Int { values[name] ?? 0 }
        let (instances, tokens) = (reader.count(split), value("tokens"))
        let filled = Double(tokens) + Double(instances) + Double(value("runs"))
        return Split(
            instances: instances, tokens: tokens,
            fillPercent: percent(filled, of: Double(instances) * Double(reader.information.sequenceLength)),
            randomNextPercent: percent(value("random_next"), of: instances),
            shortPercent: percent(Double(instances) - Double(value("full")), of: Double(instances)),
            lengths: (0..<SplitStatistics.bins).map { value(SplitStatistics.bin($0)) })
    }

    private static func sample(_ survey: InstanceSurvey) -> Sample {
        Sample(
            instances: survey.instances, documents: survey.documents.count, tokens: survey.tokens,
            unknownTokens: survey.unknown, unknownDocuments: survey.unknownDocuments.count,
            predictedPercent: percent(survey.predicted, of: survey.length),
            maskedPercent: percent(survey.masked, of: survey.predicted),
            randomPercent: percent(survey.random, of: survey.predicted),
            keptPercent: percent(survey.kept, of: survey.predicted),
            randomNextPercent: percent(survey.labelled, of: survey.instances))
    }

    private static func sources(_ corpora: ShardCorpora, _ survey: InstanceSurvey) -> [Source] {
        var documents: [SourcePlace: Int] = [:]
        for (number, set) in survey.documents.sets {
            set.forEach { document in
                let place = corpora.source(of: DocumentKey.key(corpus: number, document: document))
                if let place { documents[place, default: 0] += 1 }
            }
        }
        return corpora.corpora.enumerated().flatMap { number, corpus in
            (corpus?.reader.sources ?? []).enumerated().map { index, source in
                let place = SourcePlace(corpus: number, source: index)
                return Source(
                    uri: source.uri, kind: source.kind, corpus: corpus?.reader.directory ?? "",
                    documents: documents[place] ?? 0, tokens: survey.tokensBySource[place] ?? 0)
            }
        }
    }

    private static func unknown(
        _ corpora: ShardCorpora, _ tokenizer: WordPieceTokenizer, _ survey: InstanceSurvey, limit: Int?, jobs: Int
    ) throws -> Unknown? {
        var words: UnknownWords?
        for (number, corpus) in corpora.corpora.enumerated() {
            guard let corpus else { continue }
            let part = try UnknownWords.of(
                corpus.reader, tokenizer, documents: survey.unknownDocuments.sets[number] ?? DocumentSet(),
                limit: limit,
                jobs: jobs)
            words = words ?? UnknownWords()
            words?.add(part)
        }
        return words.map { Unknown(textBytes: $0.textBytes, words: $0.top(unknownWords)) }
    }
}
