/// English words for numbers, as `{{convert|spell=in}}` writes them.
enum NumberWords {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let large = ["", " thousand", " million", " billion", " trillion"]
    private static let parts = [
        2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth", "fifths"),
        6: ("sixth", "sixths"), 8: ("eighth", "eighths"), 10: ("tenth", "tenths"),
    ]

    /// The words for `12`, `-3`, `1,200`, `2.5`, `1/2` and `1+1/2`; nil for anything else and from 10 to the 15th on.
    static func words(_ text: String, isAmerican: Bool) -> String? {
        let plain = text.swapping(",", for: "").swapping("−", for: "-").swapping("//", for: "/")
        if plain.hasPrefix("-") {
            return words(String(plain.dropFirst()), isAmerican: isAmerican).map { "minus \($0)" }
        }
        if plain.contains("/") { return fraction(plain, isAmerican) }
        let halves = plain.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy(\.isASCIINumber), let number = halves[0].wholeNumber,
            let words = words(number, isAmerican)
        else { return nil }
        guard halves.count == 2 else { return words }
        return words + " point " + halves[1].utf8.map { small[Int($0 - 0x30)] }.joined(separator: " ")
    }

    /// A whole number of at most five groups of three digits.
    private static func words(_ number: Int, _ isAmerican: Bool) -> String? {
        guard number >= 0, number < 1_000_000_000_000_000 else { return nil }
        if number == 0 { return small[0] }
        var (rest, group, result) = (number, 0, "")
        while rest > 0 {
            let three = rest % 1000
            if three > 0 {
                // `one thousand and five`, but `one thousand five hundred`.
                let joint = group == 0 && three < 100 && rest > 1000 && !isAmerican ? "and " : ""
                result = joint + hundreds(three, isAmerican) + large[group] + (result.isEmpty ? "" : " " + result)
            }
            (rest, group) = (rest / 1000, group + 1)
        }
        return result
    }

    private static func hundreds(_ number: Int, _ isAmerican: Bool) -> String {
        guard number >= 100 else { return belowHundred(number) }
        let head = small[number / 100] + " hundred"
        let rest = number % 100
        return rest == 0 ? head : head + (isAmerican ? " " : " and ") + belowHundred(rest)
    }

    private static func belowHundred(_ number: Int) -> String {
        if number < 20 { return small[number] }
        return tens[number / 10] + (number % 10 == 0 ? "" : "-" + small[number % 10])
    }

    /// `1/2`: `one-half`; `1+1/2`: `one and a half`; `2+2/3`: `two and two-thirds`.
    private static func fraction(_ text: String, _ isAmerican: Bool) -> String? {
        let pieces = text.split(separator: "+", omittingEmptySubsequences: false)
        guard let last = pieces.last, pieces.count <= 2 else { return nil }
        let sides = last.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy(\.isASCIINumber), let above = sides[0].wholeNumber,
            let below = sides[1].wholeNumber, above > 0, above < 20, let names = parts[below]
        else { return nil }
        let part = small[above] + "-" + (above == 1 ? names.0 : names.1)
        guard pieces.count == 2 else { return part }
        guard let whole = words(String(pieces[0]), isAmerican: isAmerican) else { return nil }
        return whole + " and " + (above == 1 && below == 2 ? "a half" : part)
    }
}
