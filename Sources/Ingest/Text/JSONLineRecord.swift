internal import Foundation

/// One line of JSON Lines, taken apart.
struct JSONLineRecord {
    var id: String
    var text: String
    var title = ""
    var url = ""
    var language = ""
    var licence = ""
    var revision = ""

    /// Why a line holds no document.
    struct Malformed: Error {
        var detail: String
    }

    /// - Parameters:
    ///   - bytes: one JSON object in valid UTF-8.
    ///   - row: stands in for an id when there is none.
    init(_ bytes: [UInt8], row: Int, fields: JSONLineFields) throws(Malformed) {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]) else {
            throw Malformed(detail: "row \(row): is not valid JSON")
        }
        guard let object = value as? [String: Any] else { throw Malformed(detail: "row \(row): is no JSON object") }
        guard let text = object[fields.text] as? String else {
            throw Malformed(detail: "row \(row): has no string in the field '\(fields.text)'")
        }
        self.text = text
        func field(_ name: String) -> String { JSONLineRecord.string(object[name]) }
        let id = field(fields.id)
        self.id = id.isEmpty ? "row \(row)" : id
        title = field(fields.title)
        url = field("url")
        language = field("language")
        licence = field("licence").isEmpty ? field("license") : field("licence")
        revision = field("revision")
    }

    /// Strings as they are, whole numbers as digits; anything else counts as missing.
    private static func string(_ value: Any?) -> String {
        switch value {
        case let text as String: text
        // A Boolean arrives as a number too, and 1 `is Bool`: only the type within tells ("c" stands for Boolean).
        case let number as NSNumber where String(cString: number.objCType) != "c": number.stringValue
        default: ""
        }
    }
}
