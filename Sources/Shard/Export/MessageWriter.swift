/// Writes protocol buffers: the few shapes that a `tf.train.Example` is made of.
///
/// A nested message's length stands before it in as few bytes as it needs, so a message is written where it will be and
/// moved by one to four bytes when its length is known.
struct MessageWriter {
    private enum Wire {
        static let lengthDelimited = 2
    }

    var bytes: [UInt8] = []

    /// Appends a number in groups of seven bits, the lowest first.
    mutating func append(variableLength value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A message in a field of the one around it.
    mutating func nested(field: Int, _ write: (inout MessageWriter) -> Void) {
        append(variableLength: UInt64(field << 3 | Wire.lengthDelimited))
        let start = bytes.count
        write(&self)
        var length = MessageWriter()
        length.append(variableLength: UInt64(bytes.count - start))
        bytes.insert(contentsOf: length.bytes, at: start)
    }

    /// An entry of `map<string, Feature>` that holds an `Int64List`.
    mutating func integers(_ name: String, count: Int, _ value: (Int) -> Int) {
        feature(name, list: 3) { writer in
            for index in 0..<count { writer.append(variableLength: UInt64(bitPattern: Int64(value(index)))) }
        }
    }

    /// An entry of `map<string, Feature>` that holds a `FloatList`.
    mutating func floats(_ name: String, count: Int, _ value: (Int) -> Float) {
        feature(name, list: 2) { writer in
            for index in 0..<count { writer.bytes.append(littleEndian: value(index).bitPattern) }
        }
    }

    /// - Parameter list: the field of `Feature` that holds this kind of list.
    private mutating func feature(_ name: String, list: Int, _ packed: (inout MessageWriter) -> Void) {
        nested(field: 1) { entry in
            entry.nested(field: 1) { $0.bytes.append(contentsOf: name.utf8) }
            entry.nested(field: 2) { feature in
                feature.nested(field: list) { $0.nested(field: 1, packed) }
            }
        }
    }
}
