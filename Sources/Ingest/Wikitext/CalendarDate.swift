/// A day, perhaps with its time, as `{{#time:}}` and its kin read it.
struct CalendarDate {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    var year: Int
    var month: Int
    /// Nil when only the month is given.
    var day: Int?
    var hour = 0
    var minute = 0
    var second = 0

    /// Reads `2010-05-01`, `2010-05-01T13:45:00`, `1 May 2010`, `May 1st, 2010` or `May 2010`; nil for anything else.
    init?(_ text: String) {
        var (year, month, day): (Int?, Int?, Int?)
        var time: [Int] = []
        guard text.utf8.count < 64 else { return nil }
        for word in text.split(whereSeparator: { " ,T_".contains($0) }) {
            let numbers = word.split(separator: "-", omittingEmptySubsequences: false).map { $0.wholeNumber }
            if numbers.count == 3, year == nil, let first = numbers[0], let second = numbers[1], let third = numbers[2]
            {
                (year, month, day) = (first, second, third)
            } else if word.contains(":"), time.isEmpty {
                time = word.split(separator: ":").compactMap { $0.prefix { $0.isASCII && $0.isNumber }.wholeNumber }
            } else if let name = Self.month(word), month == nil {
                month = name
            } else if let number = Self.number(word) {
                if word.utf8.count > 2, word.isASCIINumber, year == nil {
                    year = number
                } else if day == nil {
                    day = number
                } else {
                    return nil
                }
            } else {
                return nil
            }
        }
        guard let year, let month, year >= 0, (1...12).contains(month), (1...31).contains(day ?? 1),
            time.allSatisfy({ (0..<60).contains($0) })
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        hour = time.first ?? 0
        minute = time.count > 1 ? time[1] : 0
        second = time.count > 2 ? time[2] : 0
    }

    private static func month(_ word: Substring) -> Int? {
        let name = word.lowercased().swapping(".", for: "")
        guard name.utf8.count >= 3 else { return nil }
        return months.firstIndex { $0.lowercased() == name || $0.prefix(3).lowercased() == name }.map { $0 + 1 }
    }

    /// `5`, `5th`.
    private static func number(_ word: Substring) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard ["", "st", "nd", "rd", "th"].contains(String(word.dropFirst(digits.count))) else { return nil }
        return digits.isASCIINumber ? digits.wholeNumber : nil
    }

    var monthName: String { Self.months[month - 1] }

    private var isLeap: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private var daysOfMonth: Int { [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] }

    /// Days since Sunday.
    private var weekday: Int {
        let shifted = month < 3 ? year - 1 : year
        let table = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        return (shifted + shifted / 4 - shifted / 100 + shifted / 400 + table[month - 1] + (day ?? 1)) % 7
    }

    /// The date written by a pattern of `{{#time:}}`: letters stand for parts, what is in quotation marks for itself.
    func text(_ pattern: String) -> String {
        var result = ""
        var isQuoted = false
        var rest = pattern[...]
        while let letter = rest.popFirst() {
            if letter == "\"" {
                isQuoted.toggle()
            } else if isQuoted {
                result.append(letter)
            } else if letter == "\\" {
                if let next = rest.popFirst() { result.append(next) }
            } else if letter == "x" {
                // `xg` is the month in the genitive, the other letters ask for another way to write numbers.
                if rest.popFirst() == "g" { result += monthName }
            } else {
                result += part(letter) ?? String(letter)
            }
        }
        return result
    }

    private func part(_ letter: Character) -> String? {
        let day = day ?? 1
        let hourOfTwelve = hour % 12 == 0 ? 12 : hour % 12
        switch letter {
        case "d": return Self.two(day)
        case "j": return String(day)
        case "m": return Self.two(month)
        case "n": return String(month)
        case "F": return monthName
        case "M": return String(monthName.prefix(3))
        case "Y":
            return year < 1000 ? String(repeating: "0", count: 4 - String(year).count) + String(year) : String(year)
        case "y": return Self.two(year % 100)
        case "l": return Self.weekdays[weekday]
        case "D": return String(Self.weekdays[weekday].prefix(3))
        case "w": return String(weekday)
        case "N": return String(weekday == 0 ? 7 : weekday)
        case "t": return String(daysOfMonth)
        case "L": return isLeap ? "1" : "0"
        case "H": return Self.two(hour)
        case "G": return String(hour)
        case "h": return Self.two(hourOfTwelve)
        case "g": return String(hourOfTwelve)
        case "i": return Self.two(minute)
        case "s": return Self.two(second)
        case "a": return hour < 12 ? "am" : "pm"
        case "A": return hour < 12 ? "AM" : "PM"
        default: return nil
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// The date in one of the orders that readers may choose; nil for any other.
    func text(inOrder order: String) -> String? {
        let dayText = day.map(String.init)
        switch order.lowercased() {
        case "dmy": return dayText.map { "\($0) \(monthName) \(year)" } ?? "\(monthName) \(year)"
        case "mdy": return dayText.map { "\(monthName) \($0), \(year)" } ?? "\(monthName) \(year)"
        case "ymd": return "\(year) \(monthName)" + (dayText.map { " \($0)" } ?? "")
        case "iso 8601": return day == nil ? nil : text("Y-m-d")
        default: return nil
        }
    }
}
