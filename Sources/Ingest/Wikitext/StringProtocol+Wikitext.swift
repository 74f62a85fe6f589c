/// What the rules of templates do with short strings.
extension StringProtocol {
    /// The string without blanks at its ends.
    func trimmingBlanks() -> String {
        var range = self[...]
        while range.first == " " || range.first == "\t" { range.removeFirst() }
        while range.last == " " || range.last == "\t" { range.removeLast() }
        return String(range)
    }

    /// The whole number that it is, of at most fifteen digits or so: sums and differences of such numbers never overflow.
    var wholeNumber: Int? { utf8.count <= 16 ? Int(self) : nil }

    /// Whether it is digits alone.
    var isASCIINumber: Bool { !isEmpty && utf8.allSatisfy(\.isASCIIDigit) }

    /// The decimal number that it is: finite, and neither hexadecimal nor a word such as `nan`.
    var decimalNumber: Double? {
        let isDecimal = utf8.allSatisfy { $0.isASCIIDigit || "+-.eE".utf8.contains($0) }
        return isDecimal ? Double(self).flatMap { $0.isFinite ? $0 : nil } : nil
    }

    /// The string with each `old`, which is not empty, become `new`; several times as fast as the standard library's
    /// `replacing`, above all where there is none.
    func swapping(_ old: String, for new: String) -> String {
        guard let first = old.utf8.first, utf8.contains(first) else { return String(self) }
        let (bytes, wanted) = (Array(utf8), Array(old.utf8))
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == first, bytes[place...].starts(with: wanted) {
                result += new.utf8
                place += wanted.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
