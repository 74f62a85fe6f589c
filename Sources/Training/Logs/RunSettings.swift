public import Streaming

internal import Foundation

/// The resolved options of a run as `config.yaml`: one `key: value` a line, strings in double quotes.
///
/// The file is what a later start compares itself with: a folder belongs to one set of options.
public struct RunSettings: Sendable, Equatable {
    /// An option's value.
    public enum Value: Sendable, Equatable {
        case text(String)
        case whole(Int)
        case number(Double)
        case flag(Bool)

        var yaml: String {
            switch self {
            case .text(let text): RunSettings.quoted(text)
            case .whole(let number): String(number)
            case .number(let number): "\(number)"
            case .flag(let flag): flag ? "true" : "false"
            }
        }
    }

    /// Keys and values, in the order they are written.
    public var entries: [(key: String, value: String)] = []
    /// Keys that may differ between two starts of one run, such as the number of threads.
    private var free: Set<String> = []

    /// No options.
    public init() {}

    /// Equal when all keys and values are.
    public static func == (left: RunSettings, right: RunSettings) -> Bool { left.yaml == right.yaml }

    /// Adds an option.
    /// - Parameter isFree: whether a run may go on with another value.
    public mutating func add(_ key: String, _ value: Value, isFree: Bool = false) {
        entries.append((key, value.yaml))
        if isFree { free.insert(key) }
    }

    /// The file's text.
    public var yaml: String { entries.map { "\($0.key): \($0.value)\n" }.joined() }

    /// Writes the file, or compares with the one that is there.
    /// - Returns: whether the file was there, that is, whether a run with these options has begun in the folder.
    public func claim(_ path: String) throws(Failure) -> Bool {
        guard Files.exists(path) else {
            try Files.write(Array(yaml.utf8), to: path)
            return false
        }
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstRange(of: ": ") else { continue }
            found[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        for (key, value) in entries where !free.contains(key) {
            if let other = found[key], other == value { continue }
            throw Failure(
                .cannotCreate, "a run with \(key) \(found[key] ?? "(not given)") is there, this one has \(value)",
                at: path,
                remedy: "give another --output, or the same options to go on")
        }
        // What is not mentioned is as BERT has it, so a mention too many is another run as well.
        if let key = found.keys.sorted().first(where: { key in !entries.contains { $0.key == key } }) {
            throw Failure(
                .cannotCreate, "a run with \(key) \(found[key] ?? "") is there, this one has none", at: path,
                remedy: "give another --output, or the same options to go on")
        }
        return true
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20: quoted += String(format: "\\x%02X", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
