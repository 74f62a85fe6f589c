import Foundation

/// Arithmetic of `{{#expr:}}`.
enum Expression {
    private static let depthLimit = 64

    /// The value of an expression, or nil when it is none.
    static func value(_ text: String) -> Double? {
        guard text.utf8.count < 2000, let tokens = tokens(text), !tokens.isEmpty else { return nil }
        var parser = Parser(tokens: tokens)
        guard let value = parser.sum(level: 0, depth: 0), parser.position == tokens.count, value.isFinite else {
            return nil
        }
        return value
    }

    /// A value as MediaWiki writes it: at most 14 digits, no zeros at the end.
    static func text(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e14 { return String(Int(value)) }
        var text = String(format: "%.14g", value)
        if let exponent = text.firstIndex(of: "e") {
            let sign = text[text.index(after: exponent)] == "-" ? "-" : "+"
            let digits = text[text.index(exponent, offsetBy: 2)...].drop { $0 == "0" }
            text = "\(text[..<exponent])E\(sign)\(digits)"
        }
        return text
    }

    private enum Token: Equatable {
        case number(Double)
        case word(String)
    }

    private static func tokens(_ text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = text.swapping("−", for: "-").swapping("&minus;", for: "-").lowercased()[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
            } else if first.isASCII, first.isNumber || first == "." {
                let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
                guard
                    let number = Double(
                        digits.hasPrefix(".") ? "0" + digits : digits.hasSuffix(".") ? digits + "0" : String(digits))
                else { return nil }
                tokens.append(.number(number))
                rest = rest.dropFirst(digits.count)
            } else if first.isASCII, first.isLetter {
                let word = rest.prefix { $0.isASCII && $0.isLetter }
                tokens.append(
                    word == "pi"
                        ? .number(.pi) : word == "e" && !followsNumber(tokens) ? .number(M_E) : .word(String(word)))
                rest = rest.dropFirst(word.count)
            } else {
                let two = String(rest.prefix(2))
                let mark = ["<=", ">=", "<>", "!="].contains(two) ? two : String(first)
                tokens.append(.word(mark))
                rest = rest.dropFirst(mark.count)
            }
        }
        return tokens
    }

    private static func followsNumber(_ tokens: [Token]) -> Bool {
        if case .number = tokens.last { return true }
        return tokens.last == .word(")")
    }

    /// Operators from those that bind least.
    private static let levels: [[String]] = [
        ["or"], ["and"], ["=", "<", ">", "<=", ">=", "<>", "!="], ["round"], ["+", "-"],
        ["*", "/", "div", "mod", "fmod"],
        ["^"], ["e"],
    ]

    private struct Parser {
        let tokens: [Token]
        var position = 0

        /// An operation of `level` or one that binds closer.
        mutating func sum(level: Int, depth: Int) -> Double? {
            guard depth < Expression.depthLimit else { return nil }
            guard level < Expression.levels.count else { return unary(depth: depth) }
            guard var left = sum(level: level + 1, depth: depth) else { return nil }
            while position < tokens.count, case .word(let word) = tokens[position],
                Expression.levels[level].contains(word)
            {
                position += 1
                guard let right = sum(level: level + 1, depth: depth),
                    let result = Expression.apply(word, left, right)
                else { return nil }
                left = result
            }
            return left
        }

        private mutating func unary(depth: Int) -> Double? {
            guard position < tokens.count, depth < Expression.depthLimit else { return nil }
            switch tokens[position] {
            case .number(let value):
                position += 1
                return value
            case .word("("):
                position += 1
                guard let value = sum(level: 0, depth: depth + 1), position < tokens.count,
                    tokens[position] == .word(")")
                else { return nil }
                position += 1
                return value
            case .word(let word):
                position += 1
                guard let value = unary(depth: depth + 1) else { return nil }
                return Expression.apply(word, value)
            }
        }
    }

    private static func apply(_ word: String, _ value: Double) -> Double? {
        switch word {
        case "+": value
        case "-": -value
        case "not": value == 0 ? 1 : 0
        case "abs": abs(value)
        case "ceil": value.rounded(.up)
        case "floor": value.rounded(.down)
        case "trunc": value.rounded(.towardZero)
        case "sqrt": value < 0 ? nil : value.squareRoot()
        case "exp": exp(value)
        case "ln": value > 0 ? log(value) : nil
        case "sin": sin(value)
        case "cos": cos(value)
        case "tan": tan(value)
        default: nil
        }
    }

    private static func apply(_ word: String, _ left: Double, _ right: Double) -> Double? {
        switch word {
        case "or": left != 0 || right != 0 ? 1 : 0
        case "and": left != 0 && right != 0 ? 1 : 0
        case "=": left == right ? 1 : 0
        case "<>", "!=": left != right ? 1 : 0
        case "<": left < right ? 1 : 0
        case ">": left > right ? 1 : 0
        case "<=": left <= right ? 1 : 0
        case ">=": left >= right ? 1 : 0
        case "+": left + right
        case "-": left - right
        case "*": left * right
        case "/", "div": right == 0 ? nil : left / right
        case "mod": modulo(left, right)
        case "fmod": right == 0 ? nil : fmod(left, right)
        case "^": pow(left, right)
        case "e": left * pow(10, right)
        case "round": rounded(left, right)
        default: nil
        }
    }

    private static func modulo(_ left: Double, _ right: Double) -> Double? {
        guard abs(left) < 1e15, abs(right) < 1e15, Int(right) != 0 else { return nil }
        return Double(Int(left) % Int(right))
    }

    private static func rounded(_ value: Double, _ digits: Double) -> Double? {
        guard abs(digits) <= 16 else { return nil }
        let scale = pow(10, digits.rounded(.towardZero))
        return (value * scale).rounded(.toNearestOrAwayFromZero) / scale
    }
}
