internal import Foundation
public import Streaming
internal import Yams

/// A parsed YAML value that keeps scalars as they were written.
public indirect enum OptionTree: Sendable, Equatable {
    case scalar(String)
    case list([OptionTree])
    case map([String: OptionTree])

    /// Parses YAML text; `place` is named in failures.
    public static func parse(_ text: String, at place: String) throws(Failure) -> OptionTree {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            let lines = "\(error)".split(separator: "\n").map(String.init)
            throw Failure(.badData, "is not valid YAML: \(lines.first ?? "")", at: place, remedy: "mend that line")
        } catch {
            throw Failure(.badData, "is not valid YAML: \(error)", at: place)
        }
        guard let node else { throw Failure(.badData, "is empty", at: place, remedy: "see pipelines/ for examples") }
        return try tree(node, at: place)
    }

    private static func tree(_ node: Node, at place: String) throws(Failure) -> OptionTree {
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string)
        case .sequence(let sequence):
            var items: [OptionTree] = []
            for item in sequence { items.append(try tree(item, at: place)) }
            return .list(items)
        case .mapping(let mapping):
            var entries: [String: OptionTree] = [:]
            for (key, value) in mapping {
                guard let name = key.string else { throw Failure(.badData, "has a key that is no text", at: place) }
                entries[name] = try tree(value, at: place)
            }
            return .map(entries)
        case .alias: throw Failure(.badData, "has a YAML alias, which is not supported here", at: place)
        }
    }

    /// Sets `a.b=value`; the value is read as YAML, so that `[x, y]` is a list.
    public mutating func set(_ assignment: String) throws(Failure) {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw Failure(
                .usage, "'--set \(assignment)' has no name and value", remedy: "write --set stage.option=value")
        }
        let path = assignment[..<equals].split(separator: ".").map(String.init)
        let text = String(assignment[assignment.index(after: equals)...])
        let value = text.hasPrefix("[") ? try OptionTree.parse(text, at: "--set \(assignment)") : .scalar(text)
        set(value, path[...])
    }

    private mutating func set(_ value: OptionTree, _ path: ArraySlice<String>) {
        guard let key = path.first else {
            self = value
            return
        }
        var entries: [String: OptionTree] = [:]
        if case .map(let map) = self { entries = map }
        var child = entries[key] ?? .map([:])
        child.set(value, path.dropFirst())
        entries[key] = child
        self = .map(entries)
    }

    /// One line that is the same for equal trees: keys sorted.
    var canonical: String {
        switch self {
        case .scalar(let text): return "\"" + text.replacingOccurrences(of: "\"", with: "\\\"") + "\""
        case .list(let items): return "[" + items.map(\.canonical).joined(separator: ",") + "]"
        case .map(let entries):
            let pairs = entries.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.canonical)" }
            return "{" + pairs.joined(separator: ",") + "}"
        }
    }
}
