internal import Foundation
internal import Streaming

/// Values as JSON text with sorted keys, so that equal values give equal texts.
enum ShardCoding {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String, as type: Value.Type, key: String, path: String) throws(Failure)
        -> Value
    {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw Failure(.badData, "'\(key)' in its meta table cannot be read", at: path, remedy: "restore the file")
        }
    }
}
