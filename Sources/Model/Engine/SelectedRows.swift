/// The rows of a batch whose last hidden values a loss looks at: masked ones, and the first of each sequence.
///
/// What the last layer does behind attention, it does row by row; so it may leave the other rows out. Each row keeps its
/// draws of dropout.
struct SelectedRows: @unchecked Sendable {
    /// The rows alone, in order.
    let plan: PlannedBatch
    /// The number in the batch of each of them.
    let numbers: UnsafeMutablePointer<Int32>
    /// How many there are before each sequence, and in all.
    private let starts: UnsafeMutablePointer<Int32>

    /// - Parameters:
    ///   - masked: further rows, in any order.
    ///   - withFirst: whether the first row of each sequence is among them.
    /// - Returns: nil when leaving out the others is not worth it.
    init?(_ batch: PlannedBatch, masked: [Int32], withFirst: Bool, _ arena: ActivationArena) {
        let mark = arena.mark
        numbers = arena.take(Int32.self, batch.rows)
        starts = arena.take(Int32.self, batch.sequences + 1)
        let isWanted = arena.take(UInt8.self, batch.rows)
        isWanted.update(repeating: 0, count: batch.rows)
        for row in masked { isWanted[Int(row)] = 1 }
        if withFirst { for sequence in 0..<batch.sequences { isWanted[Int(batch.starts[sequence])] = 1 } }
        var count = 0
        for sequence in 0..<batch.sequences {
            starts[sequence] = Int32(count)
            for row in batch.range(sequence) where isWanted[row] != 0 {
                numbers[count] = Int32(row)
                count += 1
            }
        }
        starts[batch.sequences] = Int32(count)
        guard count > 0, 4 * count <= 3 * batch.rows else {
            arena.release(mark)
            return nil
        }
        plan = PlannedBatch(batch, picking: numbers, count: count, arena)
    }

    /// Which of the selected rows are a sequence's.
    func range(_ sequence: Int) -> Range<Int> { Int(starts[sequence])..<Int(starts[sequence + 1]) }

    /// The selected rows of x [T, columns], one behind the other.
    func gather(_ x: MatrixView, into y: MatrixView) {
        for index in 0..<plan.rows { y.row(index).update(from: x.row(Int(numbers[index])), count: x.columns) }
    }

    /// The same of the first columns of a stored matrix, as many as y has.
    func gather(_ x: StoredMatrix, into y: StoredMatrix) {
        let bytes = y.columns * y.width
        for index in 0..<plan.rows { y.row(index).copyMemory(from: x.row(Int(numbers[index])), byteCount: bytes) }
    }

    /// Puts rows back to their places in y [T, columns], whose other rows stay as they are.
    func scatter(_ x: MatrixView, into y: MatrixView) {
        for index in 0..<plan.rows { y.row(Int(numbers[index])).update(from: x.row(index), count: x.columns) }
    }
}
