internal import Foundation

/// The options that a corpus was made with, as JSON.
enum CorpusOptions {
    private static let shown = 5

    /// What differs between two sets of options, as in `fields.text: text, now body`.
    static func difference(_ earlier: String, _ now: String) -> String {
        let (old, new) = (flat(earlier), flat(now))
        let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        let parts = keys.prefix(shown).map { "\($0): \(old[$0] ?? "nothing"), now \(new[$0] ?? "nothing")" }
        return parts.joined(separator: "; ") + (keys.count > shown ? "; and \(keys.count - shown) more" : "")
    }

    /// Each value by the path to it.
    private static func flat(_ json: String) -> [String: String] {
        var values: [String: String] = [:]
        func add(_ value: Any, _ path: String) {
            if let object = value as? [String: Any] {
                for (key, inner) in object { add(inner, path.isEmpty ? key : path + "." + key) }
            } else {
                let text = "\(value)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
                values[path] = text.count > 60 ? text.prefix(60) + "..." : text
            }
        }
        if let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) { add(object, "") }
        return values
    }
}
