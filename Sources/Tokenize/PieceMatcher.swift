/// Cuts words into pieces, the longest first piece that fits and then the longest that goes on, in time linear in the
/// word whatever the vocabulary.
///
/// This is LinMaxMatch of Song et al. 2021, "Fast WordPiece Tokenization", §3.
/// Each node of the tree of pieces knows which pieces are certain once no edge leads on from it (its pops), and the node
/// where reading goes on (its failure link), as in the automaton of Aho and Corasick.
///
/// The memory behind the pointers belongs to this object and is never written after `init`, hence the unchecked
/// conformance.
final class PieceMatcher: @unchecked Sendable {
    /// Most pops kept, 32 MiB of them; a vocabulary made to have more is matched by trying again from each piece.
    static let mostPops = 1 << 23

    private let nodes: UnsafeMutableBufferPointer<PieceNode>
    private let pops: UnsafeMutableBufferPointer<Int32>
    private let continuation: UInt32
    private let isLinear: Bool

    /// - Parameters:
    ///   - tree: the pieces that words may have, the node of `##` among its nodes.
    ///   - mostPops: as `mostPops`, for tests.
    init(_ tree: PieceTree, mostPops: Int = PieceMatcher.mostPops) {
        continuation = tree.node([UInt8(ascii: "#"), UInt8(ascii: "#")])
        nodes = .allocate(capacity: tree.nodes.count)
        _ = nodes.initialize(fromContentsOf: tree.nodes)
        let links = FailureLinks(tree, nodes: nodes, continuation: continuation, mostPops: mostPops)
        isLinear = links.isComplete
        pops = .allocate(capacity: links.pops.count)
        _ = pops.initialize(fromContentsOf: links.pops)
    }

    deinit {
        nodes.deallocate()
        pops.deallocate()
    }

    /// Writes the ids of a word's pieces.
    /// - Parameters:
    ///   - word: at least one byte.
    ///   - ids: has room for one id a byte.
    /// - Returns: how many ids, 0 if a part of the word is no piece.
    @inline(__always)
    func match(_ word: UnsafeBufferPointer<UInt8>, into ids: UnsafeMutablePointer<UInt32>) -> Int {
        isLinear ? matchLinearly(word, into: ids) : matchGreedily(word, into: ids)
    }

    /// The id of a piece, -1 if there is none.
    func id(of piece: some Sequence<UInt8>) -> Int32 {
        var node = PieceTree.root
        for byte in piece where node != PieceTree.none { node = child(node, byte) }
        return node == PieceTree.none ? -1 : pieceID(node)
    }

    /// The id of the piece that ends at a node, -1 if none does.
    @inline(__always)
    private func pieceID(_ node: UInt32) -> Int32 {
        let value = nodes[Int(node)].value
        return value & PieceNode.isPiece != 0 ? Int32(bitPattern: value & ~PieceNode.isPiece) : -1
    }

    @inline(__always)
    private func child(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        let slot = nodes[Int(node)].base ^ UInt32(byte)
        return nodes[Int(slot)].parent == node ? slot : PieceTree.none
    }

    private func matchLinearly(_ word: UnsafeBufferPointer<UInt8>, into ids: UnsafeMutablePointer<UInt32>) -> Int {
        var (node, count) = (PieceTree.root, 0)
        for byte in word {
            var next = child(node, byte)
            while next == PieceTree.none {
                guard pop(&node, into: ids, &count) else { return 0 }
                next = child(node, byte)
            }
            node = next
        }
        while node != continuation {
            guard pop(&node, into: ids, &count) else { return 0 }
        }
        return count
    }

    /// Writes what is certain at `node` and follows its failure link; false if there is none.
    @inline(__always)
    private func pop(_ node: inout UInt32, into ids: UnsafeMutablePointer<UInt32>, _ count: inout Int) -> Bool {
        let left = nodes[Int(node)]
        guard left.failure != PieceTree.none else { return false }
        if left.value & PieceNode.isPiece != 0 {
            ids[count] = left.value & ~PieceNode.isPiece
            count &+= 1
        } else {
            let start = Int(left.value >> 8)
            for index in start..<start &+ Int(left.value & 255) {
                ids[count] = UInt32(bitPattern: pops[index])
                count &+= 1
            }
        }
        node = left.failure
        return true
    }

    /// The definition itself, whose cost is the word's length times that of the longest piece.
    func matchGreedily(_ word: UnsafeBufferPointer<UInt8>, into ids: UnsafeMutablePointer<UInt32>) -> Int {
        var (position, count, start) = (0, 0, PieceTree.root)
        while position < word.count {
            var (node, best, end) = (start, Int32(-1), position)
            for index in position..<word.count {
                node = child(node, word[index])
                if node == PieceTree.none { break }
                if pieceID(node) >= 0 { (best, end) = (pieceID(node), index + 1) }
            }
            guard best >= 0 else { return 0 }
            ids[count] = UInt32(bitPattern: best)
            (position, count, start) = (end, count + 1, continuation)
        }
        return count
    }
}
