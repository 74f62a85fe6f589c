internal import Foundation
internal import Storage
internal import Streaming

/// One stage's outcome, as a list of named values in the order they are to be shown.
public struct StageSummary: Codable, Sendable, Equatable {
    /// A name in snake_case with its unit, and a printed value.
    public struct Entry: Codable, Sendable, Equatable {
        public var name: String
        public var value: String

        init(_ name: String, _ value: some CustomStringConvertible) {
            self.name = name
            self.value = value.description
        }
    }

    public var entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    subscript(_ name: String) -> String? { entries.first { $0.name == name }?.value }
}

/// What a pipeline has done so far: `pipeline.json` in its output folder, rewritten whole after each stage.
struct PipelineState: Codable {
    struct Stage: Codable {
        /// The digest of all that shapes the stage's output: its options and the fingerprint before it.
        var fingerprint: String
        var isDone: Bool
        var summary: StageSummary?
    }

    var stages: [String: Stage] = [:]

    static func load(_ path: String) throws(Failure) -> PipelineState {
        guard Files.exists(path) else { return PipelineState() }
        let bytes = try Files.read(path)
        guard let state = try? JSONDecoder().decode(PipelineState.self, from: Data(bytes)) else {
            throw Failure(.badData, "is not a pipeline's state", at: path, remedy: "give another output folder")
        }
        return state
    }

    func save(_ path: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { throw Failure(.bug, "a pipeline's state does not encode") }
        try Files.write([UInt8](data) + [10], to: path)
    }
}
