internal import Streaming

/// Merges runs: every word once, with the sum of its counts, in `WordOrder`.
struct WordMerge {
    private struct Entry {
        var hash: UInt64
        var cursor: Int
    }

    private var cursors: [WordCursor] = []
    /// Those that are not at their end, as a heap: the one with the first word on top.
    private var heap: [Entry] = []
    private var word: [UInt8] = []

    /// - Parameters:
    ///   - part: the part of the order to merge; nil for all.
    ///   - bufferBytes: memory for reading, for all runs together.
    init(_ runs: [WordRun], part: Int?, bufferBytes: Int) throws(Failure) {
        let each = max(1 << 12, bufferBytes / max(1, runs.count))
        for run in runs {
            let cursor = WordCursor(run, part: part, bufferBytes: each)
            guard try cursor.advance() else { continue }
            heap.append(Entry(hash: cursor.hash, cursor: cursors.count))
            cursors.append(cursor)
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// Calls `body` with bytes, length, hash and count of the next word; false at the end.
    mutating func next(
        _ body: (UnsafePointer<UInt8>, Int, UInt64, UInt64) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard let top = heap.first else { return false }
        let (first, length, hash) = (cursors[top.cursor].bytes, cursors[top.cursor].length, top.hash)
        var count = cursors[top.cursor].count
        guard mayRepeat(hash) else {
            try body(first, length, hash, count)
            try advanceTop()
            return true
        }
        word.removeAll(keepingCapacity: true)
        word.append(contentsOf: UnsafeBufferPointer(start: first, count: length))
        try advanceTop()
        while let other = heap.first, other.hash == hash, isWord(cursors[other.cursor]) {
            count &+= cursors[other.cursor].count
            try advanceTop()
        }
        var failure: Failure?
        word.withUnsafeBufferPointer { bytes in
            do throws(Failure) { try body(bytes.baseAddress!, length, hash, count) } catch { failure = error }
        }
        if let failure { throw failure }
        return true
    }

    /// Whether another cursor stands at a word of this hash: one of the top one's children then does.
    private func mayRepeat(_ hash: UInt64) -> Bool {
        (heap.count > 1 && heap[1].hash == hash) || (heap.count > 2 && heap[2].hash == hash)
    }

    private func isWord(_ cursor: WordCursor) -> Bool {
        word.withUnsafeBufferPointer {
            WordOrder.compare(cursor.bytes, cursor.length, $0.baseAddress!, $0.count) == 0
        }
    }

    private mutating func advanceTop() throws(Failure) {
        let cursor = heap[0].cursor
        if try cursors[cursor].advance() {
            heap[0].hash = cursors[cursor].hash
        } else {
            let last = heap.removeLast()
            guard !heap.isEmpty else { return }
            heap[0] = last
        }
        sink(0)
    }

    private mutating func sink(_ start: Int) {
        let entry = heap[start]
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
            guard precedes(heap[child], entry) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = entry
    }

    @inline(__always)
    private func precedes(_ a: Entry, _ b: Entry) -> Bool { a.hash != b.hash ? a.hash < b.hash : precedesEqual(a, b) }

    @inline(never)
    private func precedesEqual(_ a: Entry, _ b: Entry) -> Bool {
        let (a, b) = (cursors[a.cursor], cursors[b.cursor])
        return WordOrder.compare(a.bytes, a.length, b.bytes, b.length) < 0
    }
}
