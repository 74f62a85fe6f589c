/// What stands before the root element of an XML document, and the root's name.
struct XMLProlog {
    /// Where the root's tag begins; the count of bytes when there is none in sight.
    private(set) var rootStart = 0
    /// The root's name without a prefix, empty when there is none in sight.
    private(set) var root = ""
    /// The root's name as it is written, with its prefix.
    private(set) var rootTag = ""
    /// The encoding that the XML declaration states, in lower case; empty when it states none.
    private(set) var encoding = ""
    /// Whether the document type declaration declares anything by itself.
    private(set) var hasInternalSubset = false

    private let bytes: [UInt8]

    /// - Parameter bytes: the beginning of the document.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        rootStart = bytes.count
        while let next = pass(at) { at = next }
    }

    /// Where the next thing of the prolog begins; nil when the root or the end is reached.
    private mutating func pass(_ start: Int) -> Int? {
        var at = start
        while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "<") else { return nil }
        if begins("<?", at) {
            if begins("<?xml", at) { readDeclaration(at) }
            return end(of: "?>", from: at + 2)
        }
        if begins("<!--", at) { return end(of: "-->", from: at + 4) }
        if begins("<!DOCTYPE", at) { return passDocumentType(at) }
        rootStart = at
        var stop = at + 1
        while stop < bytes.count, bytes[stop] > 0x20, bytes[stop] != 0x3E, bytes[stop] != 0x2F { stop += 1 }
        rootTag = String(decoding: bytes[(at + 1)..<stop], as: UTF8.self)
        root = rootTag.split(separator: ":").last.map(String.init) ?? rootTag
        return nil
    }

    private func begins(_ text: String, _ at: Int) -> Bool { bytes[at...].starts(with: text.utf8) }

    private func end(of text: String, from start: Int) -> Int? {
        let pattern = Array(text.utf8)
        var at = start
        while at + pattern.count <= bytes.count {
            if bytes[at] == pattern[0], bytes[at...].starts(with: pattern) { return at + pattern.count }
            at += 1
        }
        return nil
    }

    private mutating func readDeclaration(_ at: Int) {
        guard let stop = end(of: "?>", from: at) else { return }
        let text = String(decoding: bytes[at..<stop], as: UTF8.self)
        guard let found = text.firstMatch(of: /encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']/) else { return }
        encoding = String(found.1).lowercased()
    }

    /// The root that a document type declaration names, for a document that is not read any further.
    private func documentTypeName(_ start: Int) -> String {
        var at = start + "<!DOCTYPE".utf8.count
        while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
        var stop = at
        while stop < bytes.count, bytes[stop] > 0x20, bytes[stop] != UInt8(ascii: "[") { stop += 1 }
        return String(decoding: bytes[at..<stop], as: UTF8.self)
    }

    /// Passes over `<!DOCTYPE name PUBLIC "..." "...">`, noting a part in brackets.
    private mutating func passDocumentType(_ start: Int) -> Int? {
        var at = start
        var quote: UInt8 = 0
        while at < bytes.count {
            let byte = bytes[at]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "[") {
                // An empty one declares nothing.
                var stop = at + 1
                while stop < bytes.count, bytes[stop] <= 0x20 { stop += 1 }
                guard stop < bytes.count, bytes[stop] == UInt8(ascii: "]") else {
                    hasInternalSubset = true
                    root = documentTypeName(start)
                    return nil
                }
                at = stop
            } else if byte == UInt8(ascii: ">") {
                return at + 1
            }
            at += 1
        }
        return nil
    }
}
