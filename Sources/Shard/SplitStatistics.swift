/// Counts over the instances of a length and split, kept while building and recounted by the verifier.
struct SplitStatistics: Codable, Sendable, Equatable {
    static let bins = 16
    private(set) var instances = 0
    private(set) var tokens = 0
    private(set) var runs = 0
    private(set) var randomNext = 0
    private(set) var full = 0
    private(set) var lengths = [Int](repeating: 0, count: SplitStatistics.bins)

    /// Counts an instance of `tokens` tokens, special ones left out, in `runs` runs.
    mutating func add(tokens: Int, runs: Int, isRandomNext: Bool, sequenceLength: Int) {
        let length = tokens + 1 + runs
        instances += 1
        self.tokens += tokens
        self.runs += runs
        if isRandomNext { randomNext += 1 }
        if length == sequenceLength { full += 1 }
        lengths[(length - 1) * SplitStatistics.bins / sequenceLength] += 1
    }

    /// As the index names them; what is zero is left out.
    var values: [String: Int] {
        var values = [
            "instances": instances, "tokens": tokens, "runs": runs, "random_next": randomNext, "full": full,
        ]
        for (number, value) in lengths.enumerated() { values[SplitStatistics.bin(number)] = value }
        return values.filter { $0.value != 0 }
    }

    /// The name of a bar of the length histogram, as in `length_03`.
    static func bin(_ number: Int) -> String { number < 10 ? "length_0\(number)" : "length_\(number)" }

    static func + (left: SplitStatistics, right: SplitStatistics) -> SplitStatistics {
        var sum = left
        sum.instances += right.instances
        sum.tokens += right.tokens
        sum.runs += right.runs
        sum.randomNext += right.randomNext
        sum.full += right.full
        for number in sum.lengths.indices { sum.lengths[number] += right.lengths[number] }
        return sum
    }
}
