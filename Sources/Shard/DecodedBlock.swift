internal import Streaming

/// A block in memory, checked from end to end: every read of an instance lies within it.
final class DecodedBlock: Sendable {
    let count: Int
    private let limits: BlockLimits
    private let labels: [UInt8]
    private let runLengths: [UInt16]
    private let documents: [Int64]
    private let tokens: [Int32]
    private let positions: [UInt16]
    private let replacements: [Int32]
    /// Index of each instance's first run, token and mask, and the number of all.
    private let runStarts, tokenStarts, maskStarts: [Int]

    /// Checks the raw bytes of a block of `count` instances against `limits`.
    init(
        _ raw: [UInt8], expecting count: Int, limits: BlockLimits, order: TokenOrder,
        at place: @autoclosure () -> String
    ) throws(Failure) {
        do throws(BlockColumns.Complaint) {
            let columns = try BlockColumns(raw, expecting: count, limits: limits, order: order)
            try columns.check()
            self.count = count
            self.limits = limits
            labels = columns.labels
            runLengths = columns.runLengths
            documents = columns.documents
            tokens = columns.tokens
            positions = columns.positions
            replacements = columns.replacements
            (runStarts, tokenStarts, maskStarts) = (columns.runStarts, columns.tokenStarts, columns.maskStarts)
        } catch {
            throw Failure(
                .badData, "a block \(error.message)", at: place(),
                remedy: "restore the file, or run 'tessera shard' into a new folder")
        }
    }

    /// Tokens of an instance, special ones left out.
    func tokenCount(_ index: Int) -> Int { tokenStarts[index + 1] - tokenStarts[index] }

    func isRandomNext(_ index: Int) -> Bool { labels[index] == 1 }

    /// Keys of the documents an instance holds text of.
    func documents(_ index: Int) -> ArraySlice<Int64> { documents[runStarts[index]..<runStarts[index + 1]] }

    /// Token ids of an instance, all runs.
    func tokens(_ index: Int) -> ArraySlice<Int32> { tokens[tokenStarts[index]..<tokenStarts[index + 1]] }

    /// Instance `index` of the block, which is number `number` of its split.
    func instance(_ index: Int, number: Int, split: ShardSplit) -> Instance {
        let runs = (runStarts[index]..<runStarts[index + 1]).map {
            Instance.Run(document: documents[$0], count: Int(runLengths[$0]))
        }
        var instance = Instance(
            index: number, split: split, tokens: Array(tokens(index)), runs: runs, isRandomNext: isRandomNext(index))
        if limits.isStatic { addMasks(index, to: &instance) }
        return instance
    }

    private func addMasks(_ index: Int, to instance: inout Instance) {
        let range = maskStarts[index]..<maskStarts[index + 1]
        instance.staticPositions = range.map { Int32(positions[$0]) }
        instance.staticReplacements = Array(replacements[range])
        var labels: [Int32] = []
        labels.reserveCapacity(range.count)
        // Position p of the read sequence lies in run r when r + 1 special tokens stand before it.
        var (run, runEnd) = (0, 1 + (instance.runs.first?.count ?? 0))
        for mask in range {
            let position = Int(positions[mask])
            while position >= runEnd, run + 1 < instance.runs.count {
                run += 1
                runEnd += 1 + instance.runs[run].count
            }
            labels.append(instance.tokens[position - 1 - run])
        }
        instance.staticLabels = labels
    }
}
