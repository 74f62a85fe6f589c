/// Pieces that are there before learning begins, as a tree of characters.
struct PieceNodes {
    /// Leads to no piece.
    static let none: Int32 = -1
    /// Nothing, at the beginning of a word.
    static let start: Int32 = 0
    /// Nothing, inside a word; `none` when there is no piece to go on with.
    let inside: Int32

    private var children: [UInt64: Int32] = [:]
    private var isPiece: [Bool] = [false, false]

    /// - Parameter pieces: those inside words begin with `##`.
    init(_ pieces: [[UInt8]]) {
        inside = 1
        for piece in pieces {
            let continues = piece.count > 2 && piece.starts(with: PieceList.prefix)
            var node = continues ? inside : PieceNodes.start
            var position = continues ? 2 : 0
            while position < piece.count {
                let (scalar, next) = UTF8Decoding.next(piece.span, at: position, end: piece.count)
                node = add(node, scalar)
                position = next
            }
            isPiece[Int(node)] = true
        }
    }

    private mutating func add(_ node: Int32, _ scalar: UInt32) -> Int32 {
        let key = UInt64(node) << 32 | UInt64(scalar)
        if let child = children[key] { return child }
        let child = Int32(isPiece.count)
        children[key] = child
        isPiece.append(false)
        return child
    }

    /// The node one character further.
    func child(_ node: Int32, _ scalar: UInt32) -> Int32 {
        node < 0 ? PieceNodes.none : children[UInt64(node) << 32 | UInt64(scalar)] ?? PieceNodes.none
    }

    /// Whether a node is a piece.
    func isPiece(_ node: Int32) -> Bool { node >= 0 && isPiece[Int(node)] }
}
