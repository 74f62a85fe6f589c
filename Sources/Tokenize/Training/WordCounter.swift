internal import Streaming

/// Counts the normalised words of texts, in memory of a stated size.
///
/// Words of ASCII letters and digits are cut, made small and looked up eight bytes at a time. What else stands between
/// ASCII white space and punctuation is counted as it is and normalised when the table is emptied, since a frequent run
/// comes a million times; only long runs (Chinese, Thai) are cut into words at once. When a table is full, its words
/// go to a file.
struct WordCounter: ~Copyable {
    private var words: WordCountTable
    private var runs: WordCountTable
    private var punctuation = [UInt64](repeating: 0, count: 128)
    private var normalizer: WordNormalizer
    private var folded: [UInt8] = []
    private let lowercase: Bool
    private let kinds = RunKind.table
    private let spill: WordSpill

    /// Longest run that is counted as it is, in bytes.
    private static let longestRun = 64

    /// - Parameters:
    ///   - budget: bytes the tables may take.
    ///   - spill: takes the words for which there is no room.
    init(_ options: TokenizerOptions, budget: Int, spill: WordSpill) throws(Failure) {
        let words = try WordCountTable(budget: budget - budget / 8)
        let runs = try WordCountTable(budget: budget / 8)
        self.words = words
        self.runs = runs
        normalizer = WordNormalizer(options)
        lowercase = options.lowercase
        self.spill = spill
    }

    /// Counts one text.
    mutating func add(_ text: [UInt8]) throws(Failure) {
        var failure: Failure?
        text.withUnsafeBufferPointer { bytes in
            do throws(Failure) { try scan(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private mutating func scan(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) {
        guard let bytes = text.baseAddress else { return }
        let count = text.count
        var position = 0
        // Here every word has 16 bytes of text to be read at once; the end of the text goes the slow way.
        while position + 16 <= count {
            let text = UnsafeRawPointer(bytes + position)
            let head = text.loadUnaligned(as: UInt64.self)
            let stop = AsciiWord.others(head)
            if stop & 0xFF != 0 {
                position = try skip(text: bytes, position, count)
                continue
            }
            var key: WordKey
            if stop != 0 {
                let length = stop.trailingZeroBitCount / 8
                key = WordKey(first: AsciiWord.first(length, of: head), second: 0, length: length)
            } else {
                let tail = text.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                let stop = AsciiWord.others(tail)
                // A word of sixteen bytes may go on.
                guard stop != 0 else {
                    position = try addRun(bytes, position, count)
                    continue
                }
                let length = stop.trailingZeroBitCount / 8
                key = WordKey(first: head, second: AsciiWord.first(length, of: tail), length: 8 + length)
            }
            let end = position + key.length
            let kind = kinds[Int(bytes[end])]
            guard kind != RunKind.run else {
                position = try addRun(bytes, position, count)
                continue
            }
            if lowercase {
                key.first = AsciiWord.lowercased(key.first)
                key.second = AsciiWord.lowercased(key.second)
            }
            try addWord(key, times: 1)
            position = kind == RunKind.space ? end + 1 : end
        }
        while position < count { position = try skip(text: bytes, position, count) }
    }

    /// Counts what begins at `position`, a run, a punctuation mark or white space, and returns where it ends.
    private mutating func skip(text: UnsafePointer<UInt8>, _ position: Int, _ count: Int) throws(Failure) -> Int {
        let byte = text[position]
        switch kinds[Int(byte)] {
        case RunKind.run: return try addRun(text, position, count)
        case RunKind.punctuation:
            punctuation[Int(byte)] += 1
            return position + 1
        default: return position + 1
        }
    }

    /// Counts the run that begins at `start`; returns where it ends.
    private mutating func addRun(_ text: UnsafePointer<UInt8>, _ start: Int, _ count: Int) throws(Failure) -> Int {
        var end = start + 1
        while end < count, kinds[Int(text[end])] == RunKind.run { end += 1 }
        let length = end - start
        guard length <= WordCounter.longestRun else {
            try addNormalized(text + start, length, times: 1)
            return end
        }
        let key = WordKey(text + start, length)
        while try !runs.add(key, hash: key.hash, times: 1) { try drainRuns() }
        return end
    }

    private mutating func addNormalized(
        _ run: UnsafePointer<UInt8>, _ length: Int, times: UInt64
    ) throws(Failure) {
        let bytes = UnsafeBufferPointer(start: run, count: length)
        normalizer.normalize(bytes.span, 0..<length)
        let (normalized, ends) = (normalizer.bytes, normalizer.ends)
        var failure: Failure?
        normalized.withUnsafeBufferPointer { bytes in
            do throws(Failure) {
                var start = 0
                for end in ends {
                    try addWord(WordKey(bytes.baseAddress! + start, end - start), times: times)
                    start = end
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    @inline(__always)
    private mutating func addWord(_ key: WordKey, times: UInt64) throws(Failure) {
        let hash = key.hash
        while try !words.add(key, hash: hash, times: times) {
            try spill.write(words.sort())
            try words.removeAll()
        }
    }

    private mutating func drainRuns() throws(Failure) {
        // Taken out, so that words may be added while its runs are looked at.
        var drained = try WordCountTable(budget: 0)
        swap(&drained, &runs)
        var failure: Failure?
        drained.forEach { bytes, length, times in
            guard failure == nil else { return }
            do throws(Failure) { try addNormalized(bytes, length, times: times) } catch { failure = error }
        }
        if let failure { throw failure }
        try drained.removeAll()
        swap(&drained, &runs)
    }

    /// The words in memory, in `WordOrder`; they stay while the counter stays, which counts no more.
    mutating func finish() throws(Failure) -> WordRun {
        try drainRuns()
        for (byte, times) in punctuation.enumerated() where times > 0 {
            try addWord(WordKey(first: UInt64(byte), second: 0, length: 1), times: times)
        }
        return WordRun(sorted: words.sort())
    }
}
