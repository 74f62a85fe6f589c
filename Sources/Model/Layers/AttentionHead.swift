internal import CKernels

/// One head's attention within one sequence, on the calling thread: some query rows at a time, so that their scores
/// stay in the cache.
///
/// Keys and values are columns of `projected`, [T, 3H]; queries, the result and its gradient lie side by side with those
/// of other heads, row for row.
struct AttentionHead {
    let projected: StoredMatrix
    /// Queries of all heads, from the first column on: `projected` itself, or the selected rows of it.
    let queries: StoredMatrix
    let context: StoredMatrix
    /// The sequence's rows.
    let rows: Range<Int>
    /// Which rows of `queries` and `context` are the sequence's.
    let queryRows: Range<Int>
    /// The row in the batch of each selected query; nil where all are queries.
    let numbers: UnsafeMutablePointer<Int32>?
    let number: Int
    let size: Int
    /// For each query, the largest score and 1 / sum.
    let maxima: UnsafeMutablePointer<Float>
    let factors: UnsafeMutablePointer<Float>
    let dropout: ck_dropout?
    let engine: Engine

    /// Query rows taken at a time.
    private static let block = 128

    private var length: Int { rows.count }
    private var count: Int { queryRows.count }
    private var width: Int { context.columns }
    private var products: MatrixProduct { engine.products }
    /// Scores are divided by the root of the head's size.
    private var scale: Float { 1 / Float(size).squareRoot() }

    /// Keys (part 1) or values (2), [length, size].
    private func part(_ part: Int) -> Factor {
        Factor(projected)[rows: rows][columns: part * width + number * size..<part * width + (number + 1) * size]
    }

    /// [count, size].
    private var query: Factor { Factor(queries)[rows: queryRows][columns: columns] }

    /// The position in the sequence of a query.
    private func position(_ index: Int) -> Int {
        numbers.map { Int($0[queryRows.lowerBound + index]) - rows.lowerBound } ?? index
    }

    /// Pieces of a block whose positions follow each other: one, or where rows were selected one for each.
    private func pieces(_ block: Range<Int>) -> [Range<Int>] {
        numbers == nil ? [block] : block.map { $0..<$0 + 1 }
    }

    private var columns: Range<Int> { number * size..<(number + 1) * size }

    /// Floats of scratch, at most `length` rows.
    static func forwardScratch(_ length: Int, _ size: Int, _ products: MatrixProduct) -> Int {
        let packed = [
            products.packedWords(inner: size, columns: length), products.packedWords(inner: length, columns: size),
        ]
        let blocks = [block * length, block * size]
        return (packed + blocks).reduce(0) { $0 + rounded($1) }
    }

    static func backwardScratch(_ length: Int, _ size: Int, _ products: MatrixProduct) -> Int {
        let packed = [
            2 * products.packedWords(inner: size, columns: length) + 32,
            products.packedWords(inner: length, columns: size),
            2 * products.packedWords(inner: block, columns: size) + 32,
        ]
        let blocks = [2 * block * length + 32, 2 * length * size + 32, block * size]
        return (packed + blocks).reduce(0) { $0 + rounded($1) }
    }

    fileprivate static func rounded(_ count: Int) -> Int { (count + 15) & ~15 }

    private func blocks() -> [Range<Int>] {
        stride(from: 0, to: count, by: Self.block).map { $0..<min(count, $0 + Self.block) }
    }

    func forward(_ scratch: UnsafeMutablePointer<Float>) {
        var room = ScratchRoom(scratch)
        let keys = products.packed(
            part(1), transposed: true, words: room.words(products.packedWords(inner: size, columns: length)))
        let values = products.packed(
            part(2), transposed: false, words: room.words(products.packedWords(inner: length, columns: size)))
        let scores = room.matrix(min(length, Self.block), length)
        let result = room.matrix(min(length, Self.block), size)
        for block in blocks() {
            let (scores, result) = (scores[rows: 0..<block.count], result[rows: 0..<block.count])
            products.multiply(query, rows: block, keys, into: scores)
            withDropout(dropout) {
                for piece in pieces(block) {
                    let first = piece.lowerBound
                    engine.kernels.softmax(
                        scores.row(first - block.lowerBound), maxima + first, factors + first, position(first),
                        piece.count, length, scale, $0)
                }
            }
            products.multiply(Factor(scores), values, into: result)
            store(result, in: context, row: queryRows.lowerBound + block.lowerBound, column: columns.lowerBound)
        }
    }

    /// From the gradient of the context, row for row, to the columns of `dProjected`, [T, 3H].
    ///
    /// Where rows were selected, the gradients of the other queries are left as they are.
    func backward(
        gradient: MatrixView, into dProjected: StoredMatrix, _ scratch: UnsafeMutablePointer<Float>
    ) {
        var room = ScratchRoom(scratch)
        let dContext = gradient[rows: queryRows][columns: columns]
        let wide = products.packedWords(inner: size, columns: length)
        let keysAcross = products.packed(part(1), transposed: true, words: room.words(wide))
        let valuesAcross = products.packed(part(2), transposed: true, words: room.words(wide))
        let keys = products.packed(
            part(1), transposed: false, words: room.words(products.packedWords(inner: length, columns: size)))
        let narrow = products.packedWords(inner: min(length, Self.block), columns: size)
        let (queryRoom, contextRoom) = (room.words(narrow), room.words(narrow))
        let (scores, slopes) = (
            room.matrix(min(length, Self.block), length), room.matrix(min(length, Self.block), length)
        )
        let (dKeys, dValues) = (room.matrix(length, size), room.matrix(length, size))
        let dQueries = room.matrix(min(length, Self.block), size)
        for block in blocks() {
            let (scores, slopes) = (scores[rows: 0..<block.count], slopes[rows: 0..<block.count])
            let dQueries = dQueries[rows: 0..<block.count]
            products.multiply(query, rows: block, keysAcross, into: scores)
            products.multiply(Factor(dContext), rows: block, valuesAcross, into: slopes)
            withDropout(dropout) {
                for piece in pieces(block) {
                    let (first, row) = (piece.lowerBound, piece.lowerBound - block.lowerBound)
                    engine.kernels.softmax_backward(
                        scores.row(row), slopes.row(row), maxima + first, factors + first, position(first),
                        piece.count, length, scale, $0)
                }
            }
            let queries = products.packed(query[rows: block], transposed: false, words: queryRoom)
            let contexts = products.packed(Factor(dContext[rows: block]), transposed: false, words: contextRoom)
            let adding = block.lowerBound > 0
            products.multiply(Factor(scores), transposed: true, contexts, into: dValues, adding: adding)
            products.multiply(Factor(slopes), transposed: true, queries, into: dKeys, adding: adding)
            products.multiply(Factor(slopes), keys, into: dQueries)
            for piece in pieces(block) {
                let first = piece.lowerBound - block.lowerBound
                store(
                    dQueries[rows: first..<first + piece.count], in: dProjected,
                    row: rows.lowerBound + position(piece.lowerBound), column: columns.lowerBound)
            }
        }
        if count == 0 {
            for matrix in [dKeys, dValues] { matrix.base.update(repeating: 0, count: length * size) }
        }
        store(dKeys, in: dProjected, row: rows.lowerBound, column: width + columns.lowerBound)
        store(dValues, in: dProjected, row: rows.lowerBound, column: 2 * width + columns.lowerBound)
    }

    /// Writes a dense matrix to a place in a stored one.
    private func store(_ x: MatrixView, in target: StoredMatrix, row: Int, column: Int) {
        for index in 0..<x.rows {
            let place = target.row(row + index) + column * target.width
            if target.isHalf {
                engine.kernels.to_bf16(x.row(index), place.assumingMemoryBound(to: UInt16.self), x.columns)
            } else {
                place.assumingMemoryBound(to: Float.self).update(from: x.row(index), count: x.columns)
            }
        }
    }
}

/// Scratch memory of one thread, handed out in order, 64-byte aligned.
private struct ScratchRoom {
    private var next: UnsafeMutablePointer<Float>

    init(_ base: UnsafeMutablePointer<Float>) { next = base }

    private mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        defer { next += AttentionHead.rounded(count) }
        return next
    }

    mutating func matrix(_ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(take(rows * columns), rows: rows, columns: columns)
    }

    mutating func words(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(take(count)).assumingMemoryBound(to: UInt32.self)
    }
}
