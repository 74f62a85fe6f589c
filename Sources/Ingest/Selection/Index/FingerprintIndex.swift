internal import Streaming

/// A multimap of 64-bit keys to 64-bit values that outgrows memory: new pairs in a table, older ones in sorted runs on
/// disk, and a Bloom filter before the runs so that a stranger is seldom looked up there.
///
/// Memory stays within what `init` was told: a quarter for the table (half as much again while it doubles), half for
/// the filter, and buffers and fences of 4 MiB a run at most, of which there are three for each factor of four in size.
/// A pair takes 16 bytes of disk, twice that during a merge. Not for two threads at once.
final class FingerprintIndex {
    /// Runs of one level that are merged into one of the next.
    private static let fanIn = 4

    private let directory: String
    private var recent: FingerprintTable
    private var runs: [FingerprintRun] = []
    private let filter: BloomFilter
    private var scratch: [UInt64] = []

    /// - Parameters:
    ///   - directory: where runs are kept, in files without names.
    ///   - memoryBytes: memory it may use.
    init(_ directory: String, memoryBytes: Int) throws(Failure) {
        filter = try BloomFilter(bytes: memoryBytes / 2)
        self.directory = directory
        recent = FingerprintTable(limit: memoryBytes / 4 / 16)
    }

    /// Pairs in it.
    var count: Int { runs.reduce(recent.count) { $0 + $1.count } }

    /// Adds a pair; the same one may be added again and is then there twice.
    func insert(_ key: UInt64, _ value: UInt64) throws(Failure) {
        let key = key == 0 ? 1 : key
        if recent.insert(key, value) { return }
        try flush()
        guard recent.insert(key, value) else { throw Failure(.bug, "an empty table has no room") }
    }

    /// Replaces `values` by the values of a key, in no order that matters.
    func find(_ key: UInt64, into values: inout [UInt64]) throws(Failure) {
        let key = key == 0 ? 1 : key
        values.removeAll(keepingCapacity: true)
        recent.values(of: key, into: &values)
        guard !runs.isEmpty, filter.mayContain(key) else { return }
        for run in runs { try run.values(of: key, into: &values, scratch: &scratch) }
    }

    private func flush() throws(Failure) {
        let run = try FingerprintRun(directory, level: 0, expected: recent.count)
        do {
            try recent.drain { key, value in
                filter.add(key)
                try run.append(key, value)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "\(error)")
        }
        try run.finish()
        runs.append(run)
        try mergeEqualLevels()
    }

    private func mergeEqualLevels() throws(Failure) {
        while let level = runs.last?.level {
            let equal = Array(runs.suffix(Self.fanIn))
            guard equal.count == Self.fanIn, equal.allSatisfy({ $0.level == level }) else { return }
            let merged = try FingerprintRun.merged(equal, in: directory)
            runs.removeLast(Self.fanIn)
            runs.append(merged)
        }
    }
}
