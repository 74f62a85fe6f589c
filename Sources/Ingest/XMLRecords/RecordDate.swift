/// A date as bibliographic records give it: a year, often a month and a day.
struct RecordDate: Equatable {
    var year = ""
    var month = ""
    var day = ""

    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty without a year.
    var text: String {
        guard let year = Int(year), (1...9999).contains(year) else { return "" }
        let head = RecordDate.padded(year, 4)
        guard let month = RecordDate.number(ofMonth: month) else { return head }
        guard let day = Int(day), (1...31).contains(day) else { return head + "-" + RecordDate.padded(month, 2) }
        return head + "-" + RecordDate.padded(month, 2) + "-" + RecordDate.padded(day, 2)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func number(ofMonth text: String) -> Int? {
        if let number = Int(text) { return (1...12).contains(number) ? number : nil }
        return months.firstIndex(of: String(text.lowercased().prefix(3))).map { $0 + 1 }
    }
}
