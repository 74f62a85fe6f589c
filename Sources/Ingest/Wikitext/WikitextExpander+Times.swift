/// Parser functions on dates and on names of pages.
extension WikitextExpander {
    /// `{{#time:j F Y|2010-05-01}}`: `1 May 2010`.
    ///
    /// Without a date it is the day on which the page is read, which no dump tells.
    mutating func time(_ span: Range<Int>) -> String {
        let pattern = string(whole: 1, span)
        let text = string(whole: 2, span)
        guard !text.isEmpty, let date = CalendarDate(text) else {
            if !text.isEmpty { errors += 1 }
            return ""
        }
        return date.text(pattern)
    }

    /// `{{#dateformat:1 May 2010|mdy}}`: `May 1, 2010`; what is no whole date stays as it stands.
    mutating func formattedDate(_ span: Range<Int>) -> String {
        let (text, order) = (string(whole: 1, span), string(whole: 2, span))
        guard let date = CalendarDate(text), date.day != nil else { return text }
        return date.text(inOrder: order) ?? text
    }

    /// `{{ns:14}}`: `Category`.
    mutating func namespaceName(_ span: Range<Int>) -> String {
        let text = string(whole: 1, span)
        if let number = text.wholeNumber { return Self.namespaces[number] ?? "" }
        let name = text.swapping("_", for: " ")
        return Self.namespaces.values.first { $0.lowercased() == name.lowercased() } ?? ""
    }

    private static let namespaces = [
        -2: "Media", -1: "Special", 1: "Talk", 2: "User", 3: "User talk", 4: "Project", 5: "Project talk", 6: "File",
        7: "File talk", 8: "MediaWiki", 9: "MediaWiki talk", 10: "Template", 11: "Template talk", 12: "Help",
        13: "Help talk", 14: "Category", 15: "Category talk",
    ]

    /// `{{gender:name|he|she|they}}`: nothing is known of whom it is about.
    mutating func chooseByGender(_ span: Range<Int>) { choose(span.count > 3 ? 4 : 2, span) }
}
