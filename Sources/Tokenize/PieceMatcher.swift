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
    /// Most pops kept, 64 MiB of them; a vocabulary made to have more is matched by trying again from each piece.
    static let mostPops = 1 << 24

    private struct Node {
        var id: Int32
        /// `PieceTrie.none` where there is no way on: the word is unknown.
        var failure: UInt32
        var pops: UInt32
        var popsCount: UInt32
    }

    private let slots: UnsafeMutableBufferPointer<UInt64>
    private let nodes: UnsafeMutableBufferPointer<Node>
    private let pops: UnsafeMutableBufferPointer<Int32>
    private let mask: Int
    private let continuation: UInt32
    private let isLinear: Bool

    /// - Parameters:
    ///   - trie: the pieces, the node of `##` among its nodes.
    ///   - continuation: the node of `##`.
    ///   - unmatched: ids of pieces that words may not have.
    ///   - mostPops: as `mostPops`, for tests.
    init(
        _ trie: PieceTrie, continuation: UInt32, unmatched: Set<Int32> = [], mostPops: Int = PieceMatcher.mostPops
    ) {
        let ids = unmatched.isEmpty ? trie.ids : trie.ids.map { unmatched.contains($0) ? -1 : $0 }
        let links = FailureLinks(trie, ids, continuation: continuation, mostPops: mostPops)
        isLinear = links.isComplete
        self.continuation = continuation
        mask = trie.slots.count - 1
        slots = .allocate(capacity: trie.slots.count)
        _ = slots.initialize(fromContentsOf: trie.slots)
        pops = .allocate(capacity: links.pops.count)
        _ = pops.initialize(fromContentsOf: links.pops)
        nodes = .allocate(capacity: trie.count)
        for node in 0..<trie.count {
            nodes.initializeElement(
                at: node,
                to: Node(
                    id: ids[node], failure: links.failures[node], pops: links.starts[node],
                    popsCount: links.counts[node]))
        }
    }

    deinit {
        slots.deallocate()
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

    @inline(__always)
    private func child(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        let key = node << 8 | UInt32(byte)
        var slot = PieceTrie.slot(key, mask)
        while true {
            let edge = slots[slot]
            if UInt32(truncatingIfNeeded: edge >> 32) == key, edge != 0 { return UInt32(truncatingIfNeeded: edge) }
            if edge == 0 { return PieceTrie.none }
            slot = (slot &+ 1) & mask
        }
    }

    private func matchLinearly(_ word: UnsafeBufferPointer<UInt8>, into ids: UnsafeMutablePointer<UInt32>) -> Int {
        var (node, count) = (PieceTrie.root, 0)
        for byte in word {
            var next = child(node, byte)
            while next == PieceTrie.none {
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
        guard left.failure != PieceTrie.none else { return false }
        for index in Int(left.pops)..<Int(left.pops &+ left.popsCount) {
            ids[count] = UInt32(bitPattern: pops[index])
            count &+= 1
        }
        node = left.failure
        return true
    }

    /// The definition itself, whose cost is the word's length times that of the longest piece.
    func matchGreedily(_ word: UnsafeBufferPointer<UInt8>, into ids: UnsafeMutablePointer<UInt32>) -> Int {
        var (position, count, start) = (0, 0, PieceTrie.root)
        while position < word.count {
            var (node, best, end) = (start, Int32(-1), position)
            for index in position..<word.count {
                node = child(node, word[index])
                if node == PieceTrie.none { break }
                if nodes[Int(node)].id >= 0 { (best, end) = (nodes[Int(node)].id, index + 1) }
            }
            guard best >= 0 else { return 0 }
            ids[count] = UInt32(bitPattern: best)
            (position, count, start) = (end, count + 1, continuation)
        }
        return count
    }
}
