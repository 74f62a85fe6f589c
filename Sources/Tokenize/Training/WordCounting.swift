internal import Synchronization
internal import Streaming

/// Counts words on many threads in memory of a stated size; the result does not depend on either.
///
/// Every thread has a counter of its own. What does not fit goes to files in the order of hashes, and all is
/// merged at the end.
final class WordCounting: Sendable {
    private let free: Mutex<[Counter]>
    private let options: TokenizerOptions
    private let budget: Int
    private let jobs: Int
    private let folder: String
    private let name: String

    /// A counter and where it spills to; one thread has it at a time, hence the unchecked conformance.
    private final class Counter: @unchecked Sendable {
        let spill: WordSpill
        var words: WordCounter

        init(_ counting: WordCounting, budget: Int) throws(Failure) {
            spill = WordSpill(folder: counting.folder, name: counting.name, bufferBytes: budget / 8)
            words = try WordCounter(counting.options, budget: budget - budget / 8, spill: spill)
        }
    }

    /// - Parameters:
    ///   - jobs: threads at most.
    ///   - budget: bytes for all counters together.
    ///   - folder: where files go.
    ///   - name: what their names begin with.
    init(_ options: TokenizerOptions, jobs: Int, budget: Int, folder: String, name: String) {
        free = Mutex([])
        (self.options, self.jobs, self.budget, self.folder, self.name) = (options, max(1, jobs), budget, folder, name)
    }

    /// Counts texts with a counter nobody else uses.
    func count(_ texts: [[UInt8]]) throws(Failure) {
        let counter = try takeCounter()
        for text in texts { try counter.words.add(text) }
        free.withLock { $0.append(counter) }
    }

    private func takeCounter() throws(Failure) -> Counter {
        if let counter = free.withLock({ $0.popLast() }) { return counter }
        return try Counter(self, budget: budget / jobs)
    }

    /// The words; to be called once.
    /// - Parameter learningBytes: memory for learning, which bounds how many words are given.
    func finish(learningBytes: Int) throws -> CountedWords {
        var counters = free.withLock { counters in
            defer { counters = [] }
            return counters
        }
        var rest = counters[...]
        var runs: [WordRun] = []
        try orderedParallelMap(
            jobs: jobs, source: { rest.popFirst() }, transform: { try $0.words.finish() },
            consume: { runs.append($0) })
        let merging = WordMerging(
            jobs: jobs, bufferBytes: max(1 << 16, budget / jobs / 2), folder: folder, name: name,
            learningBytes: learningBytes)
        let hasSpilled = counters.contains { !$0.spill.runs.isEmpty }
        let isSmall = runs.reduce(0) { $0 + $1.count } * 256 <= min(budget, learningBytes)
        if !hasSpilled, isSmall {
            return try withExtendedLifetime(counters) { try merging.inMemory(runs) }
        }
        for (counter, run) in zip(counters, runs) {
            if case .memory(let slots) = run.place, !slots.isEmpty { try counter.spill.write(slots) }
        }
        let files = counters.flatMap { $0.spill.runs }
        let spilled = counters.reduce(0) { $0 + $1.spill.bytes }
        // The tables' memory is needed for what follows.
        (runs, rest) = ([], [])
        counters = []
        return try merging.throughFiles(files, spilledBytes: spilled)
    }
}
