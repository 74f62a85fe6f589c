internal import Streaming

/// Pairs on disk, sorted by key, with a fence in memory for every few thousand bytes.
final class FingerprintRun {
    /// Fences at most: 4 MiB of memory for one run, whatever its size.
    private static let fenceLimit = 1 << 19
    private static let leastSpacing = 256
    private static let bufferWords = 1 << 16

    /// How often it was merged: runs of one level are of about one size.
    let level: Int
    private(set) var count = 0
    private let file: ScratchFile
    /// The key of every entry whose number is a multiple of `spacing`.
    private var fences: [UInt64] = []
    private let spacing: Int
    private var buffer: [UInt64] = []

    /// - Parameter expected: pairs that will be appended, at most.
    init(_ directory: String, level: Int, expected: Int) throws(Failure) {
        self.level = level
        var spacing = Self.leastSpacing
        while expected / spacing > Self.fenceLimit { spacing *= 2 }
        self.spacing = spacing
        file = try ScratchFile(directory)
        buffer.reserveCapacity(Self.bufferWords)
    }

    /// Appends a pair; keys never fall.
    func append(_ key: UInt64, _ value: UInt64) throws(Failure) {
        if count % spacing == 0 { fences.append(key) }
        buffer.append(key)
        buffer.append(value)
        count += 1
        if buffer.count >= Self.bufferWords { try writeBuffer() }
    }

    private func writeBuffer() throws(Failure) {
        try file.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the appending.
    func finish() throws(Failure) {
        try writeBuffer()
        buffer = []
    }

    /// Appends the values of a key, reading `scratch` full of entries where it can be.
    func values(of key: UInt64, into values: inout [UInt64], scratch: inout [UInt64]) throws(Failure) {
        var block = max(0, firstFence(notBelow: key) - 1)
        while block < fences.count, fences[block] <= key {
            let first = block * spacing
            let number = min(spacing, count - first)
            try file.read(2 * number, at: 2 * first, into: &scratch)
            var index = Self.firstEntry(scratch, number, notBelow: key)
            while index < number, scratch[2 * index] == key {
                values.append(scratch[2 * index + 1])
                index += 1
            }
            if index < number { return }
            block += 1
        }
    }

    private func firstFence(notBelow key: UInt64) -> Int {
        var (low, high) = (0, fences.count)
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func firstEntry(_ entries: [UInt64], _ number: Int, notBelow key: UInt64) -> Int {
        var (low, high) = (0, number)
        while low < high {
            let middle = (low + high) / 2
            if entries[2 * middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Merges runs into one of a higher level.
    static func merged(_ runs: [FingerprintRun], in directory: String) throws(Failure) -> FingerprintRun {
        let total = runs.reduce(0) { $0 + $1.count }
        let level = (runs.map(\.level).max() ?? 0) + 1
        let merged = try FingerprintRun(directory, level: level, expected: total)
        var cursors: [Cursor] = []
        for run in runs { cursors.append(try Cursor(run)) }
        while true {
            // Ties go to the older run, so the order of equal keys is that of their insertion.
            var best = -1
            for index in cursors.indices where !cursors[index].isAtEnd {
                if best < 0 || cursors[index].key < cursors[best].key { best = index }
            }
            guard best >= 0 else { break }
            try merged.append(cursors[best].key, cursors[best].value)
            try cursors[best].advance()
        }
        try merged.finish()
        return merged
    }

    /// Reads a run from front to back.
    private struct Cursor {
        private let run: FingerprintRun
        private var entries: [UInt64] = []
        private var filled = 0
        private var position = 0
        private var next = 0

        init(_ run: FingerprintRun) throws(Failure) {
            self.run = run
            try fill()
        }

        var isAtEnd: Bool { position == filled }
        var key: UInt64 { entries[2 * position] }
        var value: UInt64 { entries[2 * position + 1] }

        mutating func advance() throws(Failure) {
            position += 1
            if position == filled { try fill() }
        }

        private mutating func fill() throws(Failure) {
            filled = min(FingerprintRun.bufferWords / 2, run.count - next)
            try run.file.read(2 * filled, at: 2 * next, into: &entries)
            next += filled
            position = 0
        }
    }
}
