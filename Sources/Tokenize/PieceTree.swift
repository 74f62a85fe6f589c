/// One node of a tree of pieces, and a slot of the array it lies in.
///
/// The child of a node along a byte is at the node's `base` with the byte exclusive-or'ed, if that slot's `parent` is
/// the node (a double array, Aoe 1989).
struct PieceNode {
    /// The slot of the parent; `PieceTree.none` in a free slot.
    var parent = PieceTree.none
    var base: UInt32 = 0
    /// See `FailureLinks`.
    var failure = PieceTree.none
    /// The id of the piece that ends here, and `isPiece`; where none does, see `FailureLinks`.
    var value: UInt32 = 0

    static let isPiece: UInt32 = 1 << 31
}

/// The pieces of a vocabulary as a tree of bytes in one array.
///
/// Built level by level: the children of a node are found by splitting its pieces at their next byte.
struct PieceTree {
    /// The slot of the empty string.
    static let root: UInt32 = 0
    /// No such slot.
    static let none = UInt32.max
    /// Most nodes a tree may have, which is 512 MiB.
    static let maximumNodes = 1 << 24

    private(set) var nodes: [PieceNode] = []
    /// All nodes in the order of their depth, the root first.
    private(set) var levels: [Visit] = []
    /// A pair of rows with the same piece, the first one repeated; nil if there is none.
    private(set) var repeated: (first: Int, second: Int)?
    /// Whether there were no more nodes than allowed.
    private(set) var isComplete = true

    /// A node and those pieces, in `rows`, that begin with what it stands for.
    struct Visit {
        let slot: UInt32
        let first: UInt32
        let end: UInt32
        let depth: UInt32
    }

    private let bytes: [UInt8]
    private let starts: [Int]
    private var rows: [UInt32]
    /// Every slot below is taken.
    private var firstFree = 1
    private var scratch: [UInt32] = []
    /// The bytes that lead to children, and where the pieces of each begin in `rows`.
    private var labels: [UInt8] = []
    private var firsts: [UInt32] = []

    /// - Parameters:
    ///   - bytes: all pieces, one after the other; that of row r is `starts[r]..<starts[r + 1]`, not empty.
    ///   - rows: the rows to take, in order.
    ///   - limit: nodes at most.
    init(bytes: [UInt8], starts: [Int], rows: [UInt32], limit: Int = PieceTree.maximumNodes) {
        (self.bytes, self.starts, self.rows) = (bytes, starts, rows)
        nodes = [PieceNode](repeating: PieceNode(), count: 256)
        nodes.reserveCapacity(rows.count * 3)
        levels.reserveCapacity(rows.count * 3)
        // Nobody's child, and not free.
        nodes[0].parent = PieceTree.none - 1
        levels.append(Visit(slot: PieceTree.root, first: 0, end: UInt32(rows.count), depth: 0))
        var next = 0
        while next < levels.count, levels.count <= limit {
            addChildren(of: levels[next])
            next += 1
        }
        isComplete = levels.count <= limit
    }

    /// The child of `node` along `byte`, `none` if there is none.
    @inline(__always)
    func child(_ node: UInt32, _ byte: UInt8) -> UInt32 {
        let slot = nodes[Int(node)].base ^ UInt32(byte)
        return nodes[Int(slot)].parent == node ? slot : PieceTree.none
    }

    /// The byte that leads to a node other than the root.
    func label(_ node: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: nodes[Int(nodes[Int(node)].parent)].base ^ node)
    }

    /// The node of `bytes`, `none` if there is none.
    func node(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var node = PieceTree.root
        for byte in bytes where node != PieceTree.none { node = child(node, byte) }
        return node
    }

    /// Makes the piece that ends at a node none.
    mutating func forgetPiece(at node: UInt32) { nodes[Int(node)].value = 0 }

    private mutating func addChildren(of visit: Visit) {
        var first = Int(visit.first)
        // The piece that ends here comes first; any other that ends here is the same.
        while first < Int(visit.end), length(rows[first]) == Int(visit.depth) {
            if first == Int(visit.first) {
                nodes[Int(visit.slot)].value = PieceNode.isPiece | rows[first]
            } else if repeated.map({ Int(rows[first]) < $0.second }) ?? true {
                repeated = (Int(rows[Int(visit.first)]), Int(rows[first]))
            }
            first += 1
        }
        guard first < Int(visit.end) else { return }
        if first + 1 == Int(visit.end) { return addOnlyChild(of: visit, UInt32(first)) }
        split(first..<Int(visit.end), at: Int(visit.depth))
        let base = place(labels)
        nodes[Int(visit.slot)].base = base
        for index in labels.indices {
            let slot = base ^ UInt32(labels[index])
            nodes[Int(slot)].parent = visit.slot
            let end = index + 1 < firsts.count ? firsts[index + 1] : visit.end
            levels.append(Visit(slot: slot, first: firsts[index], end: end, depth: visit.depth + 1))
        }
    }

    /// Most nodes stand on the way to one piece alone.
    private mutating func addOnlyChild(of visit: Visit, _ index: UInt32) {
        while firstFree < nodes.count, nodes[firstFree].parent != PieceTree.none { firstFree += 1 }
        if firstFree == nodes.count { nodes.append(contentsOf: repeatElement(PieceNode(), count: 256)) }
        nodes[firstFree].parent = visit.slot
        nodes[Int(visit.slot)].base = UInt32(firstFree) ^ UInt32(byte(rows[Int(index)], Int(visit.depth)))
        levels.append(Visit(slot: UInt32(firstFree), first: index, end: index + 1, depth: visit.depth + 1))
    }

    @inline(__always)
    private func length(_ row: UInt32) -> Int { starts[Int(row) + 1] - starts[Int(row)] }

    @inline(__always)
    private func byte(_ row: UInt32, _ depth: Int) -> UInt8 { bytes[starts[Int(row)] + depth] }

    /// Orders rows by length (those that end with the next byte first) and by the byte at `depth`, the earlier rows
    /// first, and notes where each byte begins.
    private mutating func split(_ range: Range<Int>, at depth: Int) {
        labels.removeAll(keepingCapacity: true)
        firsts.removeAll(keepingCapacity: true)
        order(range, depth)
        var last: UInt8?
        for index in range where byte(rows[index], depth) != last {
            last = byte(rows[index], depth)
            labels.append(byte(rows[index], depth))
            firsts.append(UInt32(index))
        }
    }

    /// By byte, then those that end with it, then by row.
    private mutating func order(_ range: Range<Int>, _ depth: Int) {
        func key(_ row: UInt32) -> Int { Int(byte(row, depth)) << 1 | (length(row) == depth + 1 ? 0 : 1) }
        if range.count < 24 {
            for index in range.dropFirst() {
                let row = rows[index]
                var hole = index
                while hole > range.lowerBound, key(rows[hole - 1]) > key(row) {
                    rows[hole] = rows[hole - 1]
                    hole -= 1
                }
                rows[hole] = row
            }
            return
        }
        var places = [Int](repeating: 0, count: 513)
        for index in range { places[key(rows[index]) + 1] += 1 }
        for key in 1..<places.count { places[key] += places[key - 1] }
        scratch.removeAll(keepingCapacity: true)
        scratch += rows[range]
        for row in scratch {
            rows[range.lowerBound + places[key(row)]] = row
            places[key(row)] += 1
        }
    }

    /// A base from which the slots of all `labels` are free: sought where the first free slots are, then in the last
    /// blocks, which are the emptiest.
    private mutating func place(_ labels: [UInt8]) -> UInt32 {
        while firstFree < nodes.count, nodes[firstFree].parent != PieceTree.none { firstFree += 1 }
        if let base = base(labels, from: firstFree, tries: 16) { return base }
        if let base = base(labels, from: max(firstFree, nodes.count - 1_024), tries: 128) { return base }
        let base = UInt32(nodes.count)
        nodes.append(contentsOf: repeatElement(PieceNode(), count: 256))
        return base
    }

    private func base(_ labels: [UInt8], from start: Int, tries: Int) -> UInt32? {
        var (slot, left) = (start, tries)
        while slot < nodes.count, left > 0 {
            if nodes[slot].parent == PieceTree.none {
                let base = UInt32(slot) ^ UInt32(labels[0])
                if labels.allSatisfy({ nodes[Int(base ^ UInt32($0))].parent == PieceTree.none }) { return base }
                left -= 1
            }
            slot += 1
        }
        return nil
    }
}
