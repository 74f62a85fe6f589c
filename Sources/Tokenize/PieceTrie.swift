/// The pieces of a vocabulary as a tree of bytes.
///
/// Edges live in one hash table keyed by (node, byte), so memory is a few words for each node of whatever alphabet.
struct PieceTrie: Sendable {
    /// The node of the empty string.
    static let root: UInt32 = 0
    /// No such node.
    static let none = UInt32.max

    /// Each slot: the edge's key in the high half, the child in the low half; 0 is free (no edge leads to the root).
    private(set) var slots: [UInt64]
    private var mask: Int
    /// The id of the piece that ends at a node, -1 for none.
    private(set) var ids: [Int32] = [-1]
    /// Where a node hangs, and the byte that leads to it; a parent's number is below its children's.
    private(set) var parents: [UInt32] = [PieceTrie.none]
    private(set) var labels: [UInt8] = [0]

    /// Most nodes: an edge's key is 24 bits of node and 8 of byte.
    static let maximumNodes = 1 << 24
    private let limit: Int

    /// - Parameter limit: nodes at most; `maximumNodes` or fewer.
    init(limit: Int = PieceTrie.maximumNodes) {
        self.limit = min(limit, PieceTrie.maximumNodes)
        slots = [UInt64](repeating: 0, count: 1 << 12)
        mask = slots.count - 1
    }

    /// Nodes, the root among them.
    var count: Int { ids.count }

    /// Adds a piece; false if it was there before or the tree is full.
    mutating func insert(_ piece: Span<UInt8>, id: Int32) -> Bool {
        let node = addPath(piece)
        guard node != PieceTrie.none, ids[Int(node)] < 0 else { return false }
        ids[Int(node)] = id
        return true
    }

    /// The node of `bytes`, made if it was not there; `none` if the tree is full.
    mutating func addPath(_ bytes: Span<UInt8>) -> UInt32 {
        var node = PieceTrie.root
        for index in 0..<bytes.count {
            let child = self.child(node, bytes[index])
            node = child == PieceTrie.none ? addChild(node, bytes[index]) : child
            if node == PieceTrie.none { break }
        }
        return node
    }

    /// The child of `node` along `byte`, `none` if there is none.
    @inline(__always)
    func child(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        let key = node << 8 | UInt32(byte)
        var slot = PieceTrie.slot(key, mask)
        while slots[slot] != 0 {
            if UInt32(truncatingIfNeeded: slots[slot] >> 32) == key { return UInt32(truncatingIfNeeded: slots[slot]) }
            slot = (slot + 1) & mask
        }
        return PieceTrie.none
    }

    /// The node reached by `bytes` from the root.
    func node(_ bytes: Span<UInt8>) -> UInt32 {
        var node = PieceTrie.root
        for index in 0..<bytes.count where node != PieceTrie.none { node = child(node, bytes[index]) }
        return node
    }

    /// The id of the piece that ends at `node`, -1 for none.
    @inline(__always)
    func id(_ node: UInt32) -> Int32 { ids[Int(node)] }

    /// Where the search for an edge begins in a table of `mask` + 1 slots.
    @inline(__always)
    static func slot(_ key: UInt32, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    private mutating func addChild(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        let child = UInt32(ids.count)
        guard ids.count < limit else { return PieceTrie.none }
        ids.append(-1)
        parents.append(node)
        labels.append(byte)
        if ids.count * 2 > slots.count { grow() }
        place(UInt64(node << 8 | UInt32(byte)) << 32 | UInt64(child))
        return child
    }

    private mutating func place(_ slot: UInt64) {
        var index = PieceTrie.slot(UInt32(truncatingIfNeeded: slot >> 32), mask)
        while slots[index] != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot != 0 { place(slot) }
    }
}
