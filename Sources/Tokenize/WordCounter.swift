internal import Synchronization

/// Counts the normalised words of texts.
///
/// What stands between ASCII white space and punctuation is counted as it is and normalised once at the end, since a
/// frequent run comes a million times; only long runs (Chinese, Thai) are cut into words at once.
struct WordCounter: Sendable {
    private var runs = ByteStringCounter()
    private var words = ByteStringCounter()
    private var characters = [UInt64](repeating: 0, count: 128)
    private var normalizer: WordNormalizer
    private let kinds = RunKind.table

    init(_ options: TokenizerOptions) { normalizer = WordNormalizer(options) }

    /// Counts one text.
    mutating func add(_ text: [UInt8]) {
        let bytes = text.span
        var position = 0
        while position < bytes.count {
            let kind = kinds[Int(bytes[position])]
            if kind == RunKind.run {
                let start = position
                repeat { position += 1 } while position < bytes.count && kinds[Int(bytes[position])] == RunKind.run
                addRun(bytes, start..<position)
            } else {
                if kind == RunKind.punctuation { characters[Int(bytes[position])] += 1 }
                position += 1
            }
        }
    }

    private mutating func addRun(_ bytes: Span<UInt8>, _ run: Range<Int>) {
        if run.count <= WordCache.longestRun {
            runs.add(bytes, run, times: 1)
        } else {
            addWords(bytes, run, times: 1)
        }
    }

    private mutating func addWords(_ bytes: Span<UInt8>, _ run: Range<Int>, times: UInt64) {
        normalizer.normalize(bytes, run)
        let (normalized, ends) = (normalizer.bytes, normalizer.ends)
        var start = 0
        for end in ends {
            words.add(normalized.span, start..<end, times: times)
            start = end
        }
    }

    /// Adds what another counter counted.
    mutating func merge(_ other: WordCounter) {
        runs.merge(other.runs)
        words.merge(other.words)
        for index in characters.indices { characters[index] += other.characters[index] }
    }

    /// The words and how often each came, sorted by their bytes; the counter is empty afterwards.
    mutating func takeWords() -> [(word: [UInt8], count: UInt64)] {
        for index in 0..<runs.count {
            let run = Array(runs.key(index))
            addWords(run.span, 0..<run.count, times: runs.occurrences(index))
        }
        runs = ByteStringCounter()
        var result = (0..<words.count).map { (word: Array(words.key($0)), count: words.occurrences($0)) }
        for (byte, count) in characters.enumerated() where count > 0 { result.append(([UInt8(byte)], count)) }
        words = ByteStringCounter()
        return result.sorted { $0.word.lexicographicallyPrecedes($1.word) }
    }
}

/// Counters that worker threads take and give back: as many as there are threads, and nothing is shared.
final class WordCounterPool: Sendable {
    private let free = Mutex<[WordCounter]>([])
    private let options: TokenizerOptions

    init(_ options: TokenizerOptions) { self.options = options }

    /// Counts texts with a counter nobody else uses.
    func count(_ texts: [[UInt8]]) {
        var counter = free.withLock { $0.popLast() } ?? WordCounter(options)
        for text in texts { counter.add(text) }
        free.withLock { $0.append(counter) }
    }

    /// The sum of all counters, which are gone afterwards.
    func takeSum() -> WordCounter {
        var counters = free.withLock { counters in
            defer { counters = [] }
            return counters
        }
        var sum = counters.popLast() ?? WordCounter(options)
        while let next = counters.popLast() { sum.merge(next) }
        return sum
    }
}
