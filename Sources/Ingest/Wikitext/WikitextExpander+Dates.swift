/// Dates of the French Wikipedia.
extension WikitextExpander {
    private static let frenchMonths = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    /// `{{date|5|mai|2010|en musique}}`: `5 mai 2010`.
    ///
    /// The first of a month is `1er`, any part may be empty, and a whole date may stand in the first. A year in the first
    /// place makes it a date as other wikis write it.
    mutating func frenchDate(_ span: Range<Int>) -> String {
        let (day, month, year) = (string(1, span), string(2, span), string(3, span))
        if day.isASCIINumber, let number = day.wholeNumber, number > 31 { return date(span) }
        if month.isEmpty, year.isEmpty {
            let words = day.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, let name = words[1].split(separator: " ").first else { return day }
            return Self.frenchMonths.contains(name.lowercased()) ? "\(Self.frenchDay(words[0])) \(words[1])" : day
        }
        var name = month
        if month.isASCIINumber, let number = month.wholeNumber, (1...12).contains(number) {
            name = Self.frenchMonths[number - 1]
        }
        let isFrench = Self.frenchMonths.contains(name.lowercased())
        return [isFrench ? Self.frenchDay(day) : day, name, year].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// A day without a leading nought; the first is `1er`.
    private static func frenchDay(_ day: String) -> String {
        guard day.isASCIINumber, let number = day.wholeNumber else { return day }
        return number == 1 ? "1er" : String(number)
    }
}
