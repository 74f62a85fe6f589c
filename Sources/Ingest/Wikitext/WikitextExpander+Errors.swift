/// What `{{#iferror:}}` asks for: whether a text holds an error of a parser function.
extension WikitextExpander {
    /// The value of an expression in the first argument; one that cannot be read counts as an error.
    mutating func expression(_ span: Range<Int>) -> Double? {
        let text = string(whole: 1, span)
        let value = Expression.value(text)
        if value == nil, !text.isEmpty { errors += 1 }
        return value
    }

    /// `{{#iferror: test | error | correct}}`; without `correct` the test itself, without `error` nothing.
    mutating func chooseByError(_ span: Range<Int>) {
        guard let test = argument(whole: 1, span) else { return }
        let (mark, before) = (out.count, errors)
        _ = writeValue(test)
        let isError = errors > before || Self.showsError(out[mark...])
        // It has been dealt with, so that it is none to what stands around.
        errors = before
        guard isError || argument(whole: 3, span) != nil else { return }
        out.removeLast(out.count - mark)
        choose(isError ? 2 : 3, span)
    }

    private static let errorTags = ["strong", "span", "p", "div"].map { Array("<\($0) ".utf8) }

    /// Whether there is a tag of class `error` of the kinds that MediaWiki writes around its messages.
    private static func showsError(_ text: ArraySlice<UInt8>) -> Bool {
        var place = text.startIndex
        while let open = text[place...].firstIndex(of: UInt8(ascii: "<")) {
            let end = text[open...].firstIndex(of: UInt8(ascii: ">")) ?? text.endIndex
            if errorTags.contains(where: { text[open..<end].starts(with: $0) }), hasErrorClass(text[open..<end]) {
                return true
            }
            place = end
        }
        return false
    }

    private static func hasErrorClass(_ tag: ArraySlice<UInt8>) -> Bool {
        let parts = String(decoding: tag, as: UTF8.self).split(separator: "\"", omittingEmptySubsequences: false)
        for (name, value) in zip(parts, parts.dropFirst()) where name.hasSuffix("class=") {
            if value.split(separator: " ").contains("error") { return true }
        }
        return false
    }
}
