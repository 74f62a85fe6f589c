internal import Streaming
public import Tokenize

/// Turns instances into what the model reads: special tokens, segments, masks.
///
/// Masks are BERT's (Devlin et al. 2019, §3.1 and appendix A.1): of a sequence of n tokens, special ones counted,
/// round(n * probability) are predicted, at least 1 and at most the limit; of these 80 % become [MASK], 10 % a random
/// piece that is not special, 10 % stay. With whole words a word's pieces are taken together or, when they would
/// exceed the number, not at all. [CLS] and [SEP] are never masked.
public struct MaskingPolicy: Sendable {
    private let objective: ShardObjective
    private let wholeWord: Bool
    private let probability: Double
    private let limit: Int
    private let classificationID, separatorID, maskID: Int32
    private let isContinuation: [Bool]
    /// The ids a random replacement is drawn from.
    private let ordinary: [Int32]

    /// The policy a set of shards was made for.
    public init(_ information: ShardInformation, vocabulary: Vocabulary) {
        self.init(information.configuration, vocabulary: vocabulary)
    }

    init(_ configuration: ShardConfiguration, vocabulary: Vocabulary) {
        objective = configuration.objective
        wholeWord = configuration.wholeWord
        probability = configuration.maskProbability
        limit = configuration.predictionLimit
        classificationID = vocabulary.classificationID
        separatorID = vocabulary.separatorID
        maskID = vocabulary.maskID
        let ids = Int32(0)..<Int32(vocabulary.count)
        isContinuation = ids.map { vocabulary.isContinuation($0) }
        ordinary = ids.filter { !vocabulary.isSpecial($0) }
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
        tokens.reserveCapacity(instance.a.count + instance.b.count + 3)
        tokens += instance.a
        tokens.append(separatorID)
        var segments = [UInt8](repeating: 0, count: tokens.count)
        if objective != .mlm {
            tokens += instance.b
            tokens.append(separatorID)
            segments += [UInt8](repeating: 1, count: tokens.count - segments.count)
        }
        return MaskedExample(
            tokens: tokens, segments: segments, positions: [], labels: [], isRandomNext: instance.isRandomNext)
    }

    /// Draws masks for an assembled sequence.
    func draw(_ tokens: [Int32], _ draws: inout Philox) -> ShardBlockEncoder.Masks {
        var words = candidates(tokens)
        let wanted = min(limit, max(1, Int((Double(tokens.count) * probability).rounded(.toNearestOrEven))))
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
            positions: chosen.map(Int32.init), replacements: chosen.map { replacement(tokens[$0], &draws) })
    }

    /// The runs of positions that are masked together: words, or single pieces.
    ///
    /// No word reaches from A into B.
    private func candidates(_ tokens: [Int32]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        words.reserveCapacity(tokens.count)
        for (position, id) in tokens.enumerated() where id != classificationID && id != separatorID {
            if wholeWord, let last = words.last, last.upperBound == position, isContinuation(id) {
                words[words.count - 1] = last.lowerBound..<position + 1
            } else {
                words.append(position..<position + 1)
            }
        }
        return words
    }

    private func isContinuation(_ id: Int32) -> Bool {
        isContinuation.indices.contains(Int(id)) && isContinuation[Int(id)]
    }

    private func replacement(_ id: Int32, _ draws: inout Philox) -> Int32 {
        guard draws.unit() >= 0.8 else { return maskID }
        guard draws.unit() >= 0.5, !ordinary.isEmpty else { return id }
        return ordinary[draws.below(ordinary.count)]
    }
}
