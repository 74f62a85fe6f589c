/// The wanted fields of a JSON object as a tree of keys: `body.text` is the field `text` of the object `body`.
///
/// A path goes through arrays as if they were not there. `\.` is a dot that belongs to a key.
struct JSONFieldPaths: Sendable {
    /// A key on the way to a field, or the field itself.
    struct Node: Sendable {
        var children: [(key: [UInt8], node: Int)] = []
        /// The fields that end here, one bit each.
        var fields: UInt32 = 0
        /// The fields that end here or below.
        var fieldsBelow: UInt32 = 0
    }

    private(set) var nodes = [Node()]
    let count: Int

    /// - Parameter paths: one a field, at most 32; an empty one asks for nothing.
    init(_ paths: [String]) {
        count = min(paths.count, 32)
        for (field, path) in paths.prefix(count).enumerated() where !path.isEmpty { add(path, field) }
    }

    private mutating func add(_ path: String, _ field: Int) {
        let bit = UInt32(1) << UInt32(field)
        var node = 0
        nodes[node].fieldsBelow |= bit
        for key in JSONFieldPaths.keys(of: path) {
            if let known = nodes[node].children.first(where: { $0.key == key }) {
                node = known.node
            } else {
                nodes.append(Node())
                nodes[node].children.append((key, nodes.count - 1))
                node = nodes.count - 1
            }
            nodes[node].fieldsBelow |= bit
        }
        nodes[node].fields |= bit
    }

    static func keys(of path: String) -> [[UInt8]] {
        var keys: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in path.utf8 {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if byte == UInt8(ascii: "."), !isEscaped {
                keys.append([])
            } else {
                if isEscaped, byte != UInt8(ascii: "."), byte != UInt8(ascii: "\\") {
                    keys[keys.count - 1].append(UInt8(ascii: "\\"))
                }
                keys[keys.count - 1].append(byte)
            }
            isEscaped = false
        }
        return keys
    }

    /// The node below `node` for `key`, nil when no field lies there.
    @inline(__always)
    func child(of node: Int, _ key: UnsafeBufferPointer<UInt8>) -> Int? {
        for (name, child) in nodes[node].children where name.count == key.count && name.elementsEqual(key) {
            return child
        }
        return nil
    }
}
