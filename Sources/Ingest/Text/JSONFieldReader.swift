/// Why a line is not JSON: what is wrong and the byte it is at, counted from 1.
struct JSONSyntaxError: Error, Equatable {
    var message: String
    var column: Int
}

/// Reads the wanted fields of one JSON object after another, checking the whole grammar of RFC 8259.
///
/// Nothing is built for the rest, so that reading runs at the speed of scanning. A key that comes twice in an object
/// counts as its last value. Memory: places of the values found; time: linear; depth: at most `maxDepth` levels.
struct JSONFieldReader {
    /// A value of a wanted field: a place in the line.
    struct Value: Equatable {
        enum Kind { case string, escapedString, number, other }
        var kind: Kind
        /// For strings without the quotes.
        var range: Range<Int>
    }

    /// Levels of objects and arrays inside each other.
    static let maxDepth = 512

    private let paths: JSONFieldPaths
    /// The values found in the line at hand, by field.
    private(set) var values: [[Value]]
    /// How many values each field had when an object on the way to a field began.
    private var marks: [Int32] = []
    private var isObject = false

    init(_ paths: JSONFieldPaths) {
        self.paths = paths
        values = Array(repeating: [], count: paths.count)
    }

    /// Reads one line.
    /// - Returns: whether it is an object.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError) -> Bool {
        for field in values.indices { values[field].removeAll(keepingCapacity: true) }
        marks.removeAll(keepingCapacity: true)
        var cursor = JSONCursor(bytes)
        cursor.skipSpace()
        isObject = cursor.byte == UInt8(ascii: "{")
        try value(&cursor, isObject ? 0 : -1, depth: 0)
        cursor.skipSpace()
        guard cursor.at == bytes.count else { throw cursor.error("something follows the value") }
        return isObject
    }

    /// - Parameter node: where in the tree of wanted keys the value stands, -1 outside.
    private mutating func value(_ cursor: inout JSONCursor, _ node: Int, depth: Int) throws(JSONSyntaxError) {
        switch cursor.byte {
        case UInt8(ascii: "\""):
            let string = try cursor.string()
            if node >= 0 { note(node, string.isPlain ? .string : .escapedString, string.range) }
        case UInt8(ascii: "{"):
            if node > 0 { note(node, .other, cursor.at..<cursor.at) }
            try object(&cursor, node, depth: depth + 1)
        case UInt8(ascii: "["): try array(&cursor, node, depth: depth + 1)
        case UInt8(ascii: "t"): try literal(&cursor, "true", node)
        case UInt8(ascii: "f"): try literal(&cursor, "false", node)
        case UInt8(ascii: "n"): try cursor.literal("null")
        default:
            let start = cursor.at
            try cursor.number()
            if node >= 0 { note(node, .number, start..<cursor.at) }
        }
    }

    private mutating func literal(
        _ cursor: inout JSONCursor, _ text: StaticString, _ node: Int
    ) throws(JSONSyntaxError) {
        let start = cursor.at
        try cursor.literal(text)
        if node >= 0 { note(node, .other, start..<cursor.at) }
    }

    private mutating func note(_ node: Int, _ kind: Value.Kind, _ range: Range<Int>) {
        var fields = paths.nodes[node].fields
        while fields != 0 {
            values[fields.trailingZeroBitCount].append(Value(kind: kind, range: range))
            fields &= fields &- 1
        }
    }

    private mutating func array(_ cursor: inout JSONCursor, _ node: Int, depth: Int) throws(JSONSyntaxError) {
        guard depth <= JSONFieldReader.maxDepth else { throw cursor.error("is nested too deeply") }
        cursor.advance()
        cursor.skipSpace()
        if cursor.byte == UInt8(ascii: "]") { return cursor.advance() }
        while true {
            cursor.skipSpace()
            // The line itself may be an array: it is no object then, whatever it holds.
            try value(&cursor, node, depth: depth)
            cursor.skipSpace()
            if cursor.byte == UInt8(ascii: ",") {
                cursor.advance()
            } else if cursor.byte == UInt8(ascii: "]") {
                return cursor.advance()
            } else {
                throw cursor.error("',' or ']' is missing in an array")
            }
        }
    }

    private mutating func object(_ cursor: inout JSONCursor, _ node: Int, depth: Int) throws(JSONSyntaxError) {
        guard depth <= JSONFieldReader.maxDepth else { throw cursor.error("is nested too deeply") }
        let isWanted = node >= 0 && !paths.nodes[node].children.isEmpty
        let firstMark = marks.count
        if isWanted { for field in values.indices { marks.append(Int32(clamping: values[field].count)) } }
        cursor.advance()
        cursor.skipSpace()
        if cursor.byte == UInt8(ascii: "}") {
            cursor.advance()
        } else {
            try members(&cursor, isWanted ? node : -1, firstMark, depth: depth)
        }
        marks.removeLast(marks.count - firstMark)
    }

    private mutating func members(
        _ cursor: inout JSONCursor, _ node: Int, _ firstMark: Int, depth: Int
    ) throws(JSONSyntaxError) {
        while true {
            cursor.skipSpace()
            guard cursor.byte == UInt8(ascii: "\"") else { throw cursor.error("a key is missing in an object") }
            let key = try cursor.string()
            let child = node >= 0 ? child(of: node, key, cursor.bytes) : -1
            if child >= 0 { forgetEarlier(paths.nodes[child].fieldsBelow, firstMark) }
            cursor.skipSpace()
            guard cursor.byte == UInt8(ascii: ":") else { throw cursor.error("':' is missing after a key") }
            cursor.advance()
            cursor.skipSpace()
            try value(&cursor, child, depth: depth)
            cursor.skipSpace()
            if cursor.byte == UInt8(ascii: ",") {
                cursor.advance()
            } else if cursor.byte == UInt8(ascii: "}") {
                return cursor.advance()
            } else {
                throw cursor.error("',' or '}' is missing in an object")
            }
        }
    }

    private func child(of node: Int, _ key: JSONCursor.Text, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if key.isPlain { return paths.child(of: node, UnsafeBufferPointer(rebasing: bytes[key.range])) ?? -1 }
        var decoded: [UInt8] = []
        _ = JSONString.append(bytes, key.range, to: &decoded)
        return decoded.withUnsafeBufferPointer { paths.child(of: node, $0) } ?? -1
    }

    /// Takes back what an earlier key of the same name in the same object gave.
    private mutating func forgetEarlier(_ mask: UInt32, _ firstMark: Int) {
        var fields = mask
        while fields != 0 {
            let field = fields.trailingZeroBitCount
            let known = Int(marks[firstMark + field])
            if values[field].count > known { values[field].removeLast(values[field].count - known) }
            fields &= fields &- 1
        }
    }
}
