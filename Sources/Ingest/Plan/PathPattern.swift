internal import Streaming

/// A pattern over relative paths, as shells write them.
///
/// `*` and `?` stand for characters but `/`, `[a-z]` and `[!a-z]` for one of a set, `**` for any folders, none too. A
/// pattern without a `/` is for the last part of a path. Matching takes at most the product of the two lengths.
struct PathPattern: Sendable, Equatable {
    private let parts: [[UInt8]]
    private let isName: Bool

    init(_ pattern: String) {
        isName = !pattern.contains("/")
        parts = pattern.split(separator: "/").filter { $0 != "." }.map { Array($0.utf8) }
    }

    /// Whether `text` holds anything that is not literal.
    static func isPattern(_ text: String) -> Bool { text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B } }

    func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map { Array($0.utf8) }
        if isName { return names.last.map { PathPattern.matches(parts.first ?? [], $0) } ?? false }
        return PathPattern.greedy(parts, names, isAny: { $0 == [0x2A, 0x2A] }, matches: PathPattern.matches)
    }

    /// Whether `path` or a folder it lies in matches.
    func matchesAnyAncestor(_ path: String) -> Bool {
        var end = path.endIndex
        while true {
            if matches(String(path[..<end])) { return true }
            guard let slash = path[..<end].lastIndex(of: "/") else { return false }
            end = slash
        }
    }

    /// Matches with wildcards for any number of elements: only the last one passed needs to be tried again.
    private static func greedy<Token, Element>(
        _ tokens: [Token], _ elements: [Element], isAny: (Token) -> Bool, matches: (Token, Element) -> Bool
    ) -> Bool {
        var (token, element) = (0, 0)
        var retry: (token: Int, element: Int)?
        while element < elements.count {
            if token < tokens.count, isAny(tokens[token]) {
                token += 1
                retry = (token, element)
            } else if token < tokens.count, matches(tokens[token], elements[element]) {
                (token, element) = (token + 1, element + 1)
            } else if let again = retry {
                retry = (again.token, again.element + 1)
                (token, element) = (again.token, again.element + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy(isAny)
    }

    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        greedy(
            tokens(pattern), Array(String(decoding: name, as: UTF8.self).unicodeScalars), isAny: { $0 == .any },
            matches: { $0.matches($1) })
    }

    private enum Token: Equatable {
        case any
        case one
        case literal(Unicode.Scalar)
        case set([ClosedRange<UInt32>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any, .one: true
            case .literal(let own): own == scalar
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
            }
        }
    }

    private static func tokens(_ pattern: [UInt8]) -> [Token] {
        let scalars = Array(String(decoding: pattern, as: UTF8.self).unicodeScalars)
        var tokens: [Token] = []
        var at = 0
        while at < scalars.count {
            switch scalars[at] {
            case "*": if tokens.last != .any { tokens.append(.any) }
            case "?": tokens.append(.one)
            case "[":
                if let (set, end) = set(scalars, at + 1) {
                    tokens.append(set)
                    at = end
                } else {
                    tokens.append(.literal("["))
                }
            case "\\" where at + 1 < scalars.count:
                at += 1
                tokens.append(.literal(scalars[at]))
            default: tokens.append(.literal(scalars[at]))
            }
            at += 1
        }
        return tokens
    }

    /// A set from behind its `[`, and where its `]` is; nil when it is not closed.
    private static func set(_ scalars: [Unicode.Scalar], _ start: Int) -> (Token, Int)? {
        var at = start
        let isNegated = at < scalars.count && (scalars[at] == "!" || scalars[at] == "^")
        if isNegated { at += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        while at < scalars.count, scalars[at] != "]" || ranges.isEmpty {
            let lower = scalars[at].value
            if at + 2 < scalars.count, scalars[at + 1] == "-", scalars[at + 2] != "]" {
                let upper = scalars[at + 2].value
                if lower <= upper { ranges.append(lower...upper) }
                at += 3
            } else {
                ranges.append(lower...lower)
                at += 1
            }
        }
        return at < scalars.count ? (.set(ranges, isNegated: isNegated), at) : nil
    }
}
