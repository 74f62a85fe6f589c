internal import Streaming
public import Tokenize

/// Turns instances into what the model reads: special tokens, segments, masks.
///
/// Masks are BERT's (Devlin et al. 2019, §3.1 and appendix A.1): of a sequence of n tokens, special ones counted,
/// round(n * probability) are predicted, at least 1 and at most the limit; of these 80 % become [MASK], 10 % a random
/// piece that is not special, 10 % stay. With whole words a word's pieces are taken together or, when they would
/// exceed the number, not at all; with spans, runs of words of a geometric length are, and share one of the three
/// fates (Joshi et al. 2020, §3.1). [CLS] and [SEP] are never masked.
public struct MaskingPolicy: Sendable {
    private let objective: ShardObjective
    private let spans: Bool
    private let probability: Double
    private let limit: Int
    private let classificationID, separatorID, maskID: Int32
    private let words: WordRanges
    /// The ids a random replacement is drawn from.
    private let ordinary: [Int32]

    /// The policy a set of shards was made for.
    public init(_ information: ShardInformation, vocabulary: Vocabulary) {
        self.init(information.configuration, sequenceLength: information.sequenceLength, vocabulary: vocabulary)
    }

    init(_ configuration: ShardConfiguration, sequenceLength: Int, vocabulary: Vocabulary) {
        objective = configuration.objective
        spans = configuration.spans
        probability = configuration.maskProbability
        limit = configuration.predictionLimit(sequenceLength)
        classificationID = vocabulary.classificationID
        separatorID = vocabulary.separatorID
        maskID = vocabulary.maskID
        words = WordRanges(vocabulary, joinsPieces: configuration.wholeWord || configuration.spans)
        ordinary = (Int32(0)..<Int32(vocabulary.count)).filter { !vocabulary.isSpecial($0) }
    }

    /// The instance as the model reads it.
    ///
    /// Masks that are not stored are a function of (seed, epoch, split, index).
    public func apply(_ instance: Instance, seed: UInt64, epoch: Int) -> MaskedExample {
        var example = assemble(instance)
        if let positions = instance.staticPositions, let replacements = instance.staticReplacements {
            example.positions = positions
            example.labels = instance.staticLabels ?? positions.map { example.tokens[Int($0)] }
            for (position, id) in zip(positions, replacements) { example.tokens[Int(position)] = id }
            return example
        }
        var draws = Philox(
            seed: seed, purpose: Philox.purpose("mask"), a: UInt64(epoch) << 1 | instance.split.number,
            b: UInt64(instance.index))
        let masks = draw(example.tokens, &draws)
        example.positions = masks.positions
        example.labels = masks.positions.map { example.tokens[Int($0)] }
        for (position, id) in zip(masks.positions, masks.replacements) { example.tokens[Int(position)] = id }
        return example
    }

    /// The instance with special tokens and without masks.
    func assemble(_ instance: Instance) -> MaskedExample {
        var tokens = [classificationID]
        tokens.reserveCapacity(instance.tokens.count + instance.runs.count + 1)
        var start = 0
        for run in instance.runs {
            tokens += instance.tokens[start..<start + run.count]
            tokens.append(separatorID)
            start += run.count
        }
        var segments = [UInt8](repeating: 0, count: tokens.count)
        if objective != .mlm, let first = instance.runs.first {
            for position in (first.count + 2)..<max(first.count + 2, tokens.count) { segments[position] = 1 }
        }
        return MaskedExample(
            tokens: tokens, segments: segments, positions: [], labels: [], isRandomNext: instance.isRandomNext)
    }

    /// Draws masks for an assembled sequence.
    func draw(_ tokens: [Int32], _ draws: inout Philox) -> ShardBlockEncoder.Masks {
        let wanted = min(limit, max(1, Int((Double(tokens.count) * probability).rounded(.toNearestOrEven))))
        let words = words.find(tokens)
        return spans ? drawSpans(tokens, words, wanted, &draws) : drawWords(tokens, words, wanted, &draws)
    }

    private func drawWords(
        _ tokens: [Int32], _ words: [Range<Int>], _ wanted: Int, _ draws: inout Philox
    ) -> ShardBlockEncoder.Masks {
        var words = words
        var chosen: [Int] = []
        // A shuffle that stops when enough is drawn.
        for index in words.indices where chosen.count < wanted {
            words.swapAt(index, index + draws.below(words.count - index))
            if chosen.count + words[index].count <= wanted { chosen += words[index] }
        }
        // Every word longer than what is to be predicted: the first pieces of one of them.
        if chosen.isEmpty, let word = words.first { chosen += word.prefix(wanted) }
        chosen.sort()
        return ShardBlockEncoder.Masks(
            positions: chosen.map(Int32.init),
            replacements: chosen.map { position in
                let fate = Fate(&draws)
                return replacement(tokens[position], fate, &draws)
            })
    }

    private func drawSpans(
        _ tokens: [Int32], _ words: [Range<Int>], _ wanted: Int, _ draws: inout Philox
    ) -> ShardBlockEncoder.Masks {
        var positions: [Int32] = []
        var replacements: [Int32] = []
        for span in SpanDraw(words: words, wanted: wanted).spans(&draws) {
            let fate = Fate(&draws)
            for position in span {
                positions.append(Int32(position))
                replacements.append(replacement(tokens[position], fate, &draws))
            }
        }
        return ShardBlockEncoder.Masks(positions: positions, replacements: replacements)
    }

    /// What becomes of a token that is to be predicted.
    private enum Fate {
        case masked, random, kept

        init(_ draws: inout Philox) {
            if draws.unit() < 0.8 { self = .masked } else { self = draws.unit() < 0.5 ? .kept : .random }
        }
    }

    private func replacement(_ id: Int32, _ fate: Fate, _ draws: inout Philox) -> Int32 {
        switch fate {
        case .masked: return maskID
        case .kept: return id
        case .random: return ordinary.isEmpty ? id : ordinary[draws.below(ordinary.count)]
        }
    }
}
