internal import Streaming

/// Merges the runs of all counters, part by part of the order on several threads, into the words to learn from.
struct WordMerging: Sendable {
    let jobs: Int
    /// Memory for reading, for each thread.
    let bufferBytes: Int
    let folder: String
    let name: String
    /// Memory for learning.
    let learningBytes: Int

    /// A part of the order: a run of it, and what its words take.
    private struct Part: @unchecked Sendable {
        // Unchecked: handed from the thread that made it to the one that reads it, never shared.
        var run: WordRun
        var selection: WordSelection
        var extremes: CountedWords
    }

    /// Merges runs that take little memory.
    func inMemory(_ runs: [WordRun]) throws -> CountedWords {
        var words = CountedWords()
        try forEachPart { part in
            var found = CountedWords()
            var merge = try WordMerge(runs, part: part, bufferBytes: bufferBytes)
            while try merge.next({ (bytes, length, _, count) throws(Failure) in
                found.append(UnsafeBufferPointer(start: bytes, count: length), count: count)
                found.note(count)
            }) {}
            return found
        } consume: {
            words.append($0)
        }
        words.distinct = words.count
        return words
    }

    /// Merges runs in files to one, then reads the words that can be learnt from.
    func throughFiles(_ runs: [WordRun], spilledBytes: Int) throws -> CountedWords {
        var rest = runs
        while rest.count > WordSpill.mostRuns {
            let merged = try write(Array(rest.prefix(WordSpill.mostRuns)), part: nil)
            rest = Array(rest.dropFirst(WordSpill.mostRuns)) + [merged.run]
        }
        var selection = WordSelection()
        var parts: [WordRun] = []
        var words = CountedWords()
        try forEachPart { [rest] in
            try write(rest, part: $0)
        } consume: { part in
            selection.add(part.selection)
            parts.append(part.run)
            words.append(part.extremes)
        }
        if selection.choose(budget: learningBytes) {
            for run in parts {
                try read(run) { _, length, hash, count in
                    selection.addMarginal(length: length, hash: hash, count: count)
                }
            }
            selection.chooseMarginal()
        }
        for run in parts {
            try read(run) { bytes, length, hash, count in
                guard selection.takes(hash: hash, count: count) else { return }
                words.append(UnsafeBufferPointer(start: bytes, count: length), count: count)
            }
        }
        words.distinct = parts.reduce(0) { $0 + $1.count }
        words.leftOut = words.distinct - words.count
        words.spilledBytes = spilledBytes
        return words
    }

    private func forEachPart<Value: Sendable>(
        _ transform: @escaping @Sendable (Int) throws -> Value, consume: (Value) throws -> Void
    ) throws {
        var parts = (0..<WordOrder.parts)[...]
        try orderedParallelMap(
            jobs: jobs, window: jobs + 1, source: { parts.popFirst() }, transform: transform, consume: consume)
    }

    private func write(_ runs: [WordRun], part: Int?) throws(Failure) -> Part {
        var writer = WordRunWriter(
            try SpillFile(folder: folder, name: name), bufferBytes: min(1 << 18, max(1 << 12, bufferBytes / 4)))
        var merge = try WordMerge(runs, part: part, bufferBytes: bufferBytes)
        var selection = WordSelection()
        var extremes = CountedWords()
        while try merge.next({ (bytes, length, hash, count) throws(Failure) in
            selection.add(length: length, count: count)
            extremes.note(count)
            try writer.add(bytes, length, hash: hash, count: count)
        }) {}
        return Part(run: try writer.finish(), selection: selection, extremes: extremes)
    }

    private func read(
        _ run: WordRun, _ body: (UnsafePointer<UInt8>, Int, UInt64, UInt64) -> Void
    ) throws(Failure) {
        try Cancellation.check()
        let cursor = WordCursor(run, part: nil, bufferBytes: bufferBytes)
        while try cursor.advance() { body(cursor.bytes, cursor.length, cursor.hash, cursor.count) }
    }
}
