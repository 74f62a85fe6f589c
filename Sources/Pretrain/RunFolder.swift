internal import Foundation
internal import Streaming
internal import Training

/// The names in a run's folder.
struct RunFolder {
    let path: String
    var checkpoints: String { path + "/checkpoints" }
    var configuration: String { path + "/config.yaml" }
    var metrics: String { path + "/metrics.jsonl" }
    var timing: String { path + "/timing.jsonl" }
    var summary: String { path + "/summary.json" }

    init(_ path: String) { self.path = path }

    /// Takes the folder for a run with these options: an empty one, or one that such a run has begun.
    func claim(_ settings: RunSettings) throws(Failure) {
        let names = try Files.names(in: path)
        let isOurs = names.isEmpty || names.contains("config.yaml") || names == ["config.yaml.partial"]
        guard isOurs else {
            throw Failure(
                .cannotCreate, "is not empty and holds no run", at: path, remedy: "give a new folder as --output")
        }
        _ = try settings.claim(configuration)
    }

    func write(_ summary: PretrainSummary) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(summary) else { throw Failure(.bug, "a summary cannot be encoded") }
        try Files.write(Array(data) + [0x0A], to: self.summary)
    }

    func readSummary() throws(Failure) -> PretrainSummary {
        let bytes = try Files.read(summary)
        guard let read = try? JSONDecoder().decode(PretrainSummary.self, from: Data(bytes)) else {
            throw Failure(.badData, "is no summary of a run", at: summary, remedy: "remove the file and run again")
        }
        return read
    }
}
