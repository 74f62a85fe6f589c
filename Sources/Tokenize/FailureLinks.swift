/// The failure links and pops of the nodes of a tree of pieces.
///
/// Song et al. 2021, "Fast WordPiece Tokenization", §3.
///
/// Nodes are visited by the length of what they stand for, `##` left out, so that all a node needs is there before it.
struct FailureLinks {
    /// The node where reading goes on when no edge leads on from a node; `PieceTrie.none` if there is none.
    private(set) var failures: [UInt32]
    /// Where the pops of a node begin in `pops`, and how many they are.
    private(set) var starts: [UInt32]
    private(set) var counts: [UInt32]
    private(set) var pops: [Int32] = []
    /// Whether the pops were no more than allowed.
    private(set) var isComplete = true

    /// - Parameter ids: the piece that ends at each node and that words may have, -1 for none.
    init(_ trie: PieceTrie, _ ids: [Int32], continuation: UInt32, mostPops: Int) {
        failures = [UInt32](repeating: PieceTrie.none, count: trie.count)
        starts = [UInt32](repeating: 0, count: trie.count)
        counts = [UInt32](repeating: 0, count: trie.count)
        for node in FailureLinks.byLength(trie, continuation) {
            visit(node, trie, ids[Int(node)], continuation)
            if pops.count > mostPops {
                isComplete = false
                return
            }
        }
    }

    /// All nodes but the root and the node of `##`, the shorter first.
    private static func byLength(_ trie: PieceTrie, _ continuation: UInt32) -> [UInt32] {
        var lengths = [Int](repeating: 0, count: trie.count)
        // A parent's number is below its children's; only the paths to `##` itself may be older than it is.
        for node in 1..<trie.count where node != Int(continuation) {
            lengths[node] = lengths[Int(trie.parents[node])] + 1
        }
        var places = [Int](repeating: 0, count: (lengths.max() ?? 0) + 2)
        for length in lengths { places[length + 1] += 1 }
        for length in 1..<places.count { places[length] += places[length - 1] }
        var ordered = [UInt32](repeating: 0, count: trie.count)
        for node in 0..<trie.count {
            ordered[places[lengths[node]]] = UInt32(node)
            places[lengths[node]] += 1
        }
        return ordered.filter { $0 != PieceTrie.root && $0 != continuation }
    }

    private mutating func visit(_ node: UInt32, _ trie: PieceTrie, _ id: Int32, _ continuation: UInt32) {
        let (here, parent, label) = (Int(node), Int(trie.parents[Int(node)]), trie.labels[Int(node)])
        starts[here] = UInt32(pops.count)
        if id >= 0 {
            pops.append(id)
            (counts[here], failures[here]) = (1, continuation)
            return
        }
        appendPops(of: parent)
        var link = failures[parent]
        while link != PieceTrie.none {
            let next = trie.child(link, label)
            if next != PieceTrie.none {
                (counts[here], failures[here]) = (UInt32(pops.count) - starts[here], next)
                return
            }
            appendPops(of: Int(link))
            link = failures[Int(link)]
        }
        // No way on: what was gathered is of no use.
        pops.removeLast(pops.count - Int(starts[here]))
    }

    private mutating func appendPops(of node: Int) {
        for index in Int(starts[node])..<Int(starts[node] + counts[node]) { pops.append(pops[index]) }
    }
}
