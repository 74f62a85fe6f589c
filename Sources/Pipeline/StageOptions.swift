internal import Streaming

/// The options of one stage: typed access, and a failure for every name that nobody asked for.
struct StageOptions {
    let stage: String
    let place: String
    private let entries: [String: OptionTree]
    private var known: Set<String> = []

    init(_ tree: OptionTree?, stage: String, place: String) throws(Failure) {
        self.stage = stage
        self.place = place
        switch tree {
        case nil, .scalar(""), .scalar("null"), .scalar("~"): entries = [:]
        case .map(let map):
            var normalised: [String: OptionTree] = [:]
            for (key, value) in map { normalised[key.split(separator: "_").joined(separator: "-")] = value }
            entries = normalised
        default:
            throw Failure(
                .badData, "stage '\(stage)' is not a list of options", at: place, remedy: "write 'name: value'")
        }
    }

    private mutating func value(_ name: String) -> OptionTree? {
        known.insert(name)
        return entries[name]
    }

    private func wrong(_ name: String, _ wanted: String) -> Failure {
        Failure(.badData, "\(stage).\(name) is not \(wanted)", at: place, remedy: "mend it there, or with --set")
    }

    mutating func text(_ name: String) throws(Failure) -> String? {
        switch value(name) {
        case nil, .scalar(""), .scalar("null"), .scalar("~"): return nil
        case .scalar(let text): return text
        default: throw wrong(name, "a single value")
        }
    }

    mutating func texts(_ name: String) throws(Failure) -> [String]? {
        switch value(name) {
        case nil, .scalar(""), .scalar("null"), .scalar("~"): return nil
        case .scalar(let text): return [text]
        case .list(let items):
            var texts: [String] = []
            for item in items {
                guard case .scalar(let text) = item, !text.isEmpty else {
                    throw wrong(name, "a list of single values")
                }
                texts.append(text)
            }
            return texts
        default: throw wrong(name, "a value or a list")
        }
    }

    /// Reads `name` into `target` when it is given.
    mutating func read<Value: LosslessStringConvertible>(_ name: String, into target: inout Value) throws(Failure) {
        guard let text = try text(name) else { return }
        guard let value = Value(text) else { throw wrong(name, "a \(Value.self): '\(text)'") }
        target = value
    }

    /// Reads `name` into an optional `target` when it is given.
    mutating func read<Value: LosslessStringConvertible>(_ name: String, into target: inout Value?) throws(Failure) {
        guard let text = try text(name) else { return }
        guard let value = Value(text) else { throw wrong(name, "a \(Value.self): '\(text)'") }
        target = value
    }

    /// Reads `name`, a value or a list of them (also with commas between), into `target` when it is given.
    mutating func read<Value: LosslessStringConvertible>(_ name: String, into target: inout [Value]) throws(Failure) {
        guard let texts = try texts(name) else { return }
        var values: [Value] = []
        for text in texts.flatMap({ $0.split(separator: ",") }) {
            guard let value = Value(String(text)) else { throw wrong(name, "a \(Value.self): '\(text)'") }
            values.append(value)
        }
        target = values
    }

    /// Reads `name`, one of the cases of an enum, into `target` when it is given.
    mutating func choose<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, into target: inout Value
    ) throws(Failure) {
        guard let text = try text(name) else { return }
        guard let value = Value(rawValue: text) else {
            throw wrong(name, "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        target = value
    }

    /// Fails when an option was given that no `read` asked for.
    func finish() throws(Failure) {
        guard let stranger = entries.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw Failure(
            .badData, "stage '\(stage)' has no option '\(stranger)'", at: place,
            remedy: "it has: " + known.sorted().joined(separator: ", "))
    }
}
