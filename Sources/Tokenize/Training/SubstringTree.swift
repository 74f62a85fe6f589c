/// The beginnings of what is left of words from each of their characters on, as a tree: those that come often enough.
///
/// From the first character of a word it grows from one root, from a later one from another, since a piece there is
/// another piece. Parents have smaller numbers than their children. Built level by level in memory proportional to
/// the words.
struct SubstringTree {
    /// The node of nothing at the beginning of a word.
    static let start: Int32 = 0
    /// The node of nothing inside a word.
    static let inside: Int32 = 1

    private(set) var parents: [Int32] = [-1, -1]
    private(set) var scalars: [UInt32] = [0, 0]
    private(set) var depths: [Int32] = [0, 0]
    /// By place in the words: the deepest node of what follows there.
    private(set) var deepest: [Int32]
    /// By place: whether that node is all that follows.
    private(set) var isWhole: [Bool]
    /// By node: the node of the same bytes in `known`, `PieceNodes.none` if it leads to no piece there.
    private(set) var knownNodes: [Int32]
    private let known: PieceNodes

    /// - Parameters:
    ///   - words: the characters of the words, as scalar values.
    ///   - minimum: how often a beginning of two characters or more must come.
    ///   - known: pieces whose nodes are made however rarely they come.
    init(_ words: LearningWords, minimum: Int64, known: PieceNodes) {
        self.known = known
        knownNodes = [PieceNodes.start, known.inside]
        deepest = [Int32](repeating: SubstringTree.inside, count: words.symbolCount)
        isWhole = [Bool](repeating: false, count: words.symbolCount)
        var active: [UInt32] = []
        var owners: [UInt32] = []
        for word in 0..<words.count {
            let (first, end) = (words.starts[word], words.starts[word + 1])
            deepest[Int(first)] = SubstringTree.start
            for place in first..<end {
                active.append(place)
                owners.append(UInt32(word))
            }
        }
        var depth: UInt32 = 0
        while !active.isEmpty {
            grow(&active, &owners, words, depth, minimum: depth == 0 ? 1 : minimum)
            depth += 1
        }
    }

    /// Goes one character further from all places that are still on their way.
    private mutating func grow(
        _ active: inout [UInt32], _ owners: inout [UInt32], _ words: LearningWords, _ depth: UInt32, minimum: Int64
    ) {
        var children: [UInt64: Int32] = [:]
        var counts: [Int64] = []
        var found = [Int32](repeating: 0, count: active.count)
        var keys: [UInt64] = []
        for (index, place) in active.enumerated() {
            let scalar = UInt32(bitPattern: words.symbols[Int(place + depth)])
            let key = UInt64(UInt32(bitPattern: deepest[Int(place)])) << 32 | UInt64(scalar)
            let child = children[key] ?? Int32(counts.count)
            if Int(child) == counts.count {
                children[key] = child
                counts.append(0)
                keys.append(key)
            }
            counts[Int(child)] += words.counts[Int(owners[index])]
            found[index] = child
        }
        let nodes = counts.indices.map { makeNode(keys[$0], count: counts[$0], minimum: minimum) }
        var kept = 0
        for (index, place) in active.enumerated() {
            let node = nodes[Int(found[index])]
            guard node >= 0 else { continue }
            deepest[Int(place)] = node
            guard place + depth + 1 < words.starts[Int(owners[index]) + 1] else {
                isWhole[Int(place)] = true
                continue
            }
            (active[kept], owners[kept]) = (place, owners[index])
            kept += 1
        }
        active.removeLast(active.count - kept)
        owners.removeLast(owners.count - kept)
    }

    private mutating func makeNode(_ key: UInt64, count: Int64, minimum: Int64) -> Int32 {
        let parent = Int32(truncatingIfNeeded: key >> 32)
        let scalar = UInt32(truncatingIfNeeded: key)
        let knownNode = known.child(knownNodes[Int(parent)], scalar)
        guard count >= minimum || knownNode != PieceNodes.none else { return -1 }
        parents.append(parent)
        scalars.append(scalar)
        depths.append(depths[Int(parent)] + 1)
        knownNodes.append(knownNode)
        return Int32(parents.count - 1)
    }

    /// Nodes.
    var count: Int { parents.count }

    /// The piece of a node, with `##` when it is one inside a word.
    func piece(_ node: Int32) -> [UInt8] {
        var characters: [UInt32] = []
        var node = node
        while parents[Int(node)] >= 0 {
            characters.append(scalars[Int(node)])
            node = parents[Int(node)]
        }
        var piece = node == SubstringTree.inside ? PieceList.prefix : []
        for scalar in characters.reversed() { UTF8Decoding.append(scalar, to: &piece) }
        return piece
    }
}
