/// Adds the failure links and pops to the nodes of a tree of pieces.
///
/// Song et al. 2021, "Fast WordPiece Tokenization", §3. A node's pops are the pieces that are certain once no edge leads
/// on from it: of a node where a piece ends, that piece; of others, `value` is where they begin in `pops`, shifted by
/// eight, and how many they are. The failure link is where reading goes on, `PieceTree.none` if the word is unknown.
///
/// Nodes are visited by the length of what they stand for, `##` left out, so that all a node needs is there before it.
struct FailureLinks {
    private(set) var pops: [Int32] = []
    /// Whether all pops could be kept.
    private(set) var isComplete = true

    private let nodes: UnsafeMutableBufferPointer<PieceNode>
    private let tree: PieceTree
    private let continuation: UInt32
    /// The pieces under `##`, as the tree has ordered them.
    private let inner: Range<UInt32>

    /// - Parameters:
    ///   - nodes: the tree's, to which links are added.
    ///   - continuation: the node of `##`.
    ///   - mostPops: how many pops are kept at most, up to 2^23.
    init(
        _ tree: PieceTree, nodes: UnsafeMutableBufferPointer<PieceNode>, continuation: UInt32, mostPops: Int
    ) {
        self.tree = tree
        self.continuation = continuation
        self.nodes = nodes
        inner = tree.levels.first { $0.slot == continuation }.map { $0.first..<$0.end } ?? 0..<0
        visitAll(mostPops)
    }

    private mutating func visitAll(_ mostPops: Int) {
        // Nodes under `##` are two bytes deeper than what they stand for: two hands go through the levels.
        let levels = tree.levels
        var (under, other) = (0, 0)
        for length in 1...max(1, levels.last?.depth ?? 1) {
            while under < levels.count, levels[under].depth <= length + 2 {
                if levels[under].depth == length + 2, isInner(levels[under]) { visit(levels[under].slot) }
                under += 1
            }
            while other < levels.count, levels[other].depth <= length {
                if levels[other].depth == length, !isInner(levels[other]), levels[other].slot != continuation {
                    visit(levels[other].slot)
                }
                other += 1
            }
            if pops.count > mostPops { isComplete = false }
            if !isComplete { return }
        }
    }

    /// Whether a node is under `##`: its pieces are neighbours of those of the node of `##`.
    private func isInner(_ visit: PieceTree.Visit) -> Bool {
        visit.depth > 2 && inner.contains(visit.first)
    }

    private mutating func visit(_ node: UInt32) {
        if nodes[Int(node)].value & PieceNode.isPiece != 0 {
            nodes[Int(node)].failure = continuation
            return
        }
        let (parent, label, start) = (nodes[Int(node)].parent, tree.label(node), pops.count)
        appendPops(of: parent)
        var link = nodes[Int(parent)].failure
        while link != PieceTree.none {
            let next = tree.child(link, label)
            if next != PieceTree.none {
                let count = pops.count - start
                if count > 255 || start >= 1 << 23 { isComplete = false }
                nodes[Int(node)].value = UInt32(truncatingIfNeeded: start << 8 | count & 255) & ~PieceNode.isPiece
                nodes[Int(node)].failure = next
                return
            }
            appendPops(of: link)
            link = nodes[Int(link)].failure
        }
        // No way on: what was gathered is of no use.
        pops.removeLast(pops.count - start)
    }

    private mutating func appendPops(of node: UInt32) {
        let value = nodes[Int(node)].value
        if value & PieceNode.isPiece != 0 {
            pops.append(Int32(bitPattern: value & ~PieceNode.isPiece))
        } else {
            for index in Int(value >> 8)..<Int(value >> 8 + value & 255) { pops.append(pops[index]) }
        }
    }
}
