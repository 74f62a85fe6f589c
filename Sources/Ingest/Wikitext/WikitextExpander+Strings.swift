/// Parser functions on strings and titles.
extension WikitextExpander {
    /// `{{padleft:7|3|0}}`: `007`.
    mutating func padded(_ isLeft: Bool, _ span: Range<Int>) -> String {
        let text = string(whole: 1, span)
        let given = string(whole: 3, span)
        let filler = Array(given.isEmpty ? "0" : given)
        let missing = min(500, string(whole: 2, span).wholeNumber ?? 0) - text.count
        guard missing > 0 else { return text }
        let padding = String((0..<missing).map { filler[$0 % filler.count] })
        return isLeft ? padding + text : text + padding
    }

    /// `{{urlencode:a b}}`: `a+b`.
    ///
    /// With `WIKI` it is `a_b`, with `PATH` `a%20b`. For an anchor blanks alone are written anew.
    mutating func encoded(_ place: String, _ span: Range<Int>) -> String {
        let text = string(whole: 1, span)
        if place == "anchor" { return text.split(separator: " ").joined(separator: "_") }
        switch string(whole: 2, span).uppercased() {
        case "WIKI": return Self.encoded(text, blank: "_", kept: "-_.;@$!*(),/~:")
        case "PATH": return Self.encoded(text, blank: "%20", kept: "-_.~")
        default: return Self.encoded(text, blank: "+", kept: "-_.")
        }
    }

    private static func encoded(_ text: String, blank: String, kept: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if byte == 0x20 {
                result += blank
            } else if byte.isASCIILetter || byte.isASCIIDigit || kept.utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let hexadecimal = String(byte, radix: 16, uppercase: true)
                result += "%" + (hexadecimal.count < 2 ? "0" : "") + hexadecimal
            }
        }
        return result
    }

    /// `{{#titleparts:a/b/c|count|first}}`.
    mutating func titleParts(_ span: Range<Int>) -> String {
        let parts = string(whole: 1, span).split(separator: "/", omittingEmptySubsequences: false)
        let count = string(whole: 2, span).wholeNumber ?? 0
        let first = string(whole: 3, span).wholeNumber ?? 1
        let start = min(parts.count, first > 0 ? first - 1 : max(0, parts.count + first))
        let left = parts[start...]
        let taken = count > 0 ? left.prefix(count) : left.dropLast(min(left.count, -count))
        return taken.joined(separator: "/")
    }

    /// `{{#tag:name|content}}`, as the tag would be.
    mutating func tagFunction(_ span: Range<Int>) {
        let name = Array(string(whole: 1, span).lowercased().utf8)
        guard let tag = preprocessor.tags.find(name) else { return }
        switch preprocessor.tags.roles[tag] {
        case .drop, .code, .includeOnly:
            ledger.add(
                .tag, name, 0..<name.count,
                size: arguments[span].last.map { $0.whole.upperBound - $0.whole.lowerBound } ?? 0)
            out.append(WikitextMark.gap)
        case .nowiki, .pre: literal(argument(whole: 2, span), isPre: preprocessor.tags.roles[tag] == .pre)
        default: out.append(contentsOf: string(whole: 2, span).utf8)
        }
    }

    /// A variable that names the page, or the page that the first argument names.
    mutating func pageName(_ part: String, _ span: Range<Int>) -> String {
        guard argument(whole: 1, span) != nil else { return Self.part(part, of: title) }
        let text = string(whole: 1, span).swapping("_", for: " ")
        guard let colon = text.firstIndex(of: ":"), Self.namespaceExists(String(text[..<colon])) else {
            return Self.part(part, of: text.prefix(1).uppercased() + text.dropFirst())
        }
        let name = text[text.index(after: colon)...].trimmingBlanks()
        return Self.part(part, of: "\(text[..<colon]):\(name.prefix(1).uppercased())\(name.dropFirst())")
    }

    private static func part(_ part: String, of title: String) -> String {
        let colon = title.firstIndex(of: ":").flatMap { namespaceExists(String(title[..<$0])) ? $0 : nil }
        let name = colon.map { String(title[title.index(after: $0)...]) } ?? title
        let prefix = colon.map { String(title[..<$0]) } ?? ""
        switch part {
        case "full": return title
        case "namespace": return prefix
        case "talk": return (prefix.isEmpty ? "Talk" : prefix.hasSuffix("alk") ? prefix : "\(prefix) talk") + ":\(name)"
        case "base": return name.lastIndex(of: "/").map { String(name[..<$0]) } ?? name
        case "sub": return name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
        case "root": return name.firstIndex(of: "/").map { String(name[..<$0]) } ?? name
        default: return name
        }
    }

    private static func namespaceExists(_ prefix: String) -> Bool {
        let bytes = Array(prefix.utf8)
        switch WikiNamespaces.english.role(of: bytes.span, 0..<bytes.count) {
        case .file, .category, .media, .other: return true
        default: return false
        }
    }
}
