/// Counts over the instances of a split, kept while building and recounted by the verifier.
struct SplitStatistics: Sendable, Equatable {
    static let bins = 16
    private(set) var values: [String: Int] = [:]

    /// Counts an instance of `tokens` tokens, special ones left out.
    mutating func add(tokens: Int, isRandomNext: Bool, configuration: ShardConfiguration) {
        let length = tokens + configuration.objective.specialTokens
        values["instances", default: 0] += 1
        values["tokens", default: 0] += tokens
        if isRandomNext { values["random_next", default: 0] += 1 }
        if length == configuration.sequenceLength { values["full", default: 0] += 1 }
        values[SplitStatistics.bin((length - 1) * SplitStatistics.bins / configuration.sequenceLength), default: 0] += 1
    }

    /// The name of a bar of the length histogram, as in `length_03`.
    static func bin(_ number: Int) -> String { number < 10 ? "length_0\(number)" : "length_\(number)" }

    static func + (left: SplitStatistics, right: SplitStatistics) -> SplitStatistics {
        var sum = left
        for (name, value) in right.values { sum.values[name, default: 0] += value }
        return sum
    }
}
