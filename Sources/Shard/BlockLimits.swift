/// What a block may hold; from the index, never from the block.
struct BlockLimits: Sendable {
    var vocabularySize: Int
    var sequenceLength: Int
    var objective: ShardObjective
    var packing: ShardPacking
    var isStatic: Bool
    var predictionLimit: Int

    init(_ configuration: ShardConfiguration, sequenceLength: Int, vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        self.sequenceLength = sequenceLength
        objective = configuration.objective
        packing = configuration.packing
        isStatic = configuration.masking == .static
        predictionLimit = configuration.predictionLimit(sequenceLength)
    }

    var width: Int { TokenWidth.bytes(vocabularySize: vocabularySize) }

    /// Runs of an instance: two segments, one run, or as many as there is room for.
    var runs: ClosedRange<Int> {
        if objective != .mlm { return 2...2 }
        return packing == .document ? 1...1 : 1...max(1, (sequenceLength - 1) / 2)
    }

    /// The raw size of a block of `count` instances, `runs` runs, `tokens` tokens and `masks` masks.
    func rawSize(count: Int, runs: Int, tokens: Int, masks: Int) -> Int {
        ShardBlockEncoder.headerBytes + count * (13 + (isStatic ? 2 : 0)) + (runs - count) * 10 + tokens * width
            + masks * (2 + width)
    }

    /// The raw size a block of `count` instances cannot exceed.
    func largestRawSize(count: Int) -> Int {
        // A block ends with the instance that reaches the capacity.
        let tokens = min(count * sequenceLength, ShardBlockRow.tokenCapacity + sequenceLength)
        let runs = min(count * self.runs.upperBound, count + tokens)
        return rawSize(
            count: count, runs: runs, tokens: tokens, masks: isStatic ? min(tokens, count * predictionLimit) : 0)
    }
}
