internal import CKernels

/// A batch laid out for the kernels: copies in the arena, positions, and the names of dropout draws.
///
/// Written once before the parallel loops read it; hence the unchecked conformance.
struct PlannedBatch: @unchecked Sendable {
    let rows: Int
    let sequences: Int
    let longest: Int
    /// Squares of the lengths, summed: floats of one head's attention probabilities.
    let squares: Int
    let tokens: UnsafeMutablePointer<Int32>
    let segments: UnsafeMutablePointer<UInt8>
    /// Position of each row within its sequence.
    let positions: UnsafeMutablePointer<UInt32>
    /// First row of each sequence, and the end of the last.
    let starts: UnsafeMutablePointer<Int32>
    /// Squares of the lengths of the sequences before.
    let squareStarts: UnsafeMutablePointer<Int>
    /// Philox keys by row and by sequence; nil without dropout.
    private let rowKeys: UnsafeMutablePointer<UInt64>?
    private let sequenceKeys: UnsafeMutablePointer<UInt64>?
    private let sequencePositions: UnsafeMutablePointer<UInt32>

    init(_ batch: RaggedBatch, dropout: DropoutKey?, _ arena: ActivationArena) {
        rows = batch.rows
        sequences = batch.sequences
        tokens = arena.take(Int32.self, rows)
        segments = arena.take(UInt8.self, rows)
        positions = arena.take(UInt32.self, rows)
        starts = arena.take(Int32.self, sequences + 1)
        squareStarts = arena.take(Int.self, sequences + 1)
        rowKeys = dropout == nil ? nil : arena.take(UInt64.self, rows)
        sequenceKeys = dropout == nil ? nil : arena.take(UInt64.self, sequences)
        sequencePositions = arena.take(UInt32.self, max(1, sequences))
        for row in 0..<rows {
            tokens[row] = batch.tokens[row]
            segments[row] = batch.segments[row]
        }
        var (longest, squares) = (0, 0)
        for sequence in 0..<sequences {
            let range = batch.range(sequence)
            longest = max(longest, range.count)
            starts[sequence] = batch.offsets[sequence]
            squareStarts[sequence] = squares
            sequencePositions[sequence] = 0
            squares += range.count * range.count
            for row in range { positions[row] = UInt32(row - range.lowerBound) }
            guard let dropout, let rowKeys, let sequenceKeys else { continue }
            sequenceKeys[sequence] = dropout.philoxKey(sequence: sequence)
            for row in range { rowKeys[row] = sequenceKeys[sequence] }
        }
        starts[sequences] = Int32(rows)
        self.longest = longest
        self.squares = squares
    }

    /// Some rows of a batch by themselves, for what is done row by row: they belong to no sequence.
    init(_ batch: PlannedBatch, picking numbers: UnsafeMutablePointer<Int32>, count: Int, _ arena: ActivationArena) {
        (rows, sequences, longest, squares) = (count, 0, 0, 0)
        tokens = arena.take(Int32.self, count)
        segments = arena.take(UInt8.self, count)
        positions = arena.take(UInt32.self, count)
        starts = arena.take(Int32.self, 1)
        squareStarts = arena.take(Int.self, 1)
        rowKeys = batch.rowKeys == nil ? nil : arena.take(UInt64.self, count)
        sequenceKeys = nil
        sequencePositions = arena.take(UInt32.self, 1)
        for index in 0..<count {
            let row = Int(numbers[index])
            tokens[index] = batch.tokens[row]
            segments[index] = batch.segments[row]
            positions[index] = batch.positions[row]
            if let rowKeys, let all = batch.rowKeys { rowKeys[index] = all[row] }
        }
        (starts[0], squareStarts[0], sequencePositions[0]) = (0, 0, 0)
    }

    /// The rows of a sequence.
    func range(_ sequence: Int) -> Range<Int> { Int(starts[sequence])..<Int(starts[sequence + 1]) }

    /// Dropout of hidden rows from `row` on; nil when there is none.
    func dropout(_ site: DropoutSite, row: Int) -> ck_dropout? {
        rowKeys.flatMap { site.describe(keys: $0 + row, positions: positions + row) }
    }

    /// Dropout of one value row per sequence.
    func sequenceDropout(_ site: DropoutSite) -> ck_dropout? {
        sequenceKeys.flatMap { site.describe(keys: $0, positions: sequencePositions) }
    }

    /// Dropout of one head's attention probabilities in one sequence.
    func attentionDropout(_ site: DropoutSite, sequence: Int, head: Int) -> ck_dropout? {
        sequenceKeys.flatMap {
            site.describe(keys: $0 + sequence, positions: sequencePositions + sequence, head: UInt32(head))
        }
    }
}

/// A place in the network where elements are dropped.
public struct DropoutSite: Sendable {
    /// Distinguishes the draws of the places.
    let number: UInt32
    let rate: Double

    func describe(
        keys: UnsafeMutablePointer<UInt64>, positions: UnsafeMutablePointer<UInt32>, head: UInt32 = 0
    ) -> ck_dropout? {
        let threshold = UInt32((rate * 65_536).rounded())
        guard threshold > 0 else { return nil }
        let kept = 65_536 - min(threshold, 65_535)
        return ck_dropout(
            keys: keys, positions: positions, site: number, head: head, threshold: 65_536 - kept,
            scale: 65_536 / Float(kept))
    }
}
