/// Which pieces inside words a longest match ever comes to.
///
/// `##x` is reached behind a piece y when no piece is y and a beginning of x: then y is matched, and x is all that is
/// left. The search has so many steps; a piece for which none are left counts as reached, so that nothing is said
/// that is not sure.
struct PieceReach {
    private let pieces: Set<[UInt8]>
    private var reached: Set<[UInt8]> = []
    private var steps = 20_000_000

    /// - Parameters:
    ///   - continuations: pieces that go on with a word, each once.
    ///   - beginnings: pieces that begin one and are followed by others, each once.
    init(_ continuations: [[UInt8]], behind beginnings: [[UInt8]]) {
        pieces = Set(continuations).union(beginnings)
        // Short ones first: few pieces are longer by a given beginning.
        var behind = beginnings.sorted { $0.count < $1.count }
        var rest = continuations
        while !rest.isEmpty, !behind.isEmpty {
            var more: [[UInt8]] = []
            for piece in rest where isReached(piece, behind: behind) { more.append(piece) }
            reached.formUnion(more)
            rest.removeAll(where: reached.contains)
            // What is reached itself can be followed too.
            behind = more
        }
    }

    /// Whether a piece goes on with a word.
    static func isContinuation(_ piece: [UInt8]) -> Bool {
        piece.count > 2 && piece.starts(with: PieceList.prefix)
    }

    /// Whether some word gives the piece, which goes on with one.
    func isReached(_ piece: [UInt8]) -> Bool { reached.contains(piece) }

    private mutating func isReached(_ piece: [UInt8], behind beginnings: [[UInt8]]) -> Bool {
        for beginning in beginnings {
            steps -= piece.count
            if steps < 0 || leaves(piece, behind: beginning) { return true }
        }
        return false
    }

    private func leaves(_ piece: [UInt8], behind beginning: [UInt8]) -> Bool {
        var longer = beginning
        for byte in piece.dropFirst(2) {
            longer.append(byte)
            if pieces.contains(longer) { return false }
        }
        return true
    }
}
