import Testing

/// A reader of `tf.train.Example` in TFRecord frames, written for the tests from the formats' descriptions.
enum ExampleMessage {
    /// The messages of a file, both checksums of each frame compared.
    static func records(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        var at = 0
        while at < bytes.count {
            let length = Int(number(bytes, at, 8))
            try #require(number(bytes, at + 8, 4) == UInt64(checksum(bytes[at..<at + 8])))
            let message = Array(bytes[at + 12..<at + 12 + length])
            try #require(number(bytes, at + 12 + length, 4) == UInt64(checksum(message[...])))
            records.append(message)
            at += 16 + length
        }
        return records
    }

    /// CRC-32C a bit at a time, rotated and moved.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var value = ~UInt32(0)
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        value = ~value
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    }

    /// The features by name; floats as their bit patterns.
    static func features(_ message: [UInt8]) throws -> [String: [UInt64]] {
        let outer = try fields(message[...])
        try #require(outer.count == 1 && outer[0].number == 1)
        var found: [String: [UInt64]] = [:]
        for entry in try fields(outer[0].content) {
            let parts = try fields(entry.content)
            let lists = try fields(parts[1].content)
            let values = try fields(lists[0].content)
            try #require(parts.map(\.number) == [1, 2] && lists.count == 1 && values.map(\.number) == [1])
            let name = String(decoding: parts[0].content, as: UTF8.self)
            var packed = values[0].content
            var list: [UInt64] = []
            while !packed.isEmpty {
                if lists[0].number == 2 {
                    list.append(number(Array(packed), 0, 4))
                    packed = packed.dropFirst(4)
                } else {
                    list.append(variableLength(&packed))
                }
            }
            try #require(found.updateValue(list, forKey: name) == nil)
        }
        return found
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(number: Int, content: ArraySlice<UInt8>)] {
        var (rest, found) = (bytes, [(number: Int, content: ArraySlice<UInt8>)]())
        while !rest.isEmpty {
            let tag = variableLength(&rest)
            try #require(tag & 7 == 2)
            let length = Int(variableLength(&rest))
            try #require(length <= rest.count)
            found.append((Int(tag >> 3), rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return found
    }

    private static func variableLength(_ bytes: inout ArraySlice<UInt8>) -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return value
    }
}
