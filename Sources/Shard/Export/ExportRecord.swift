internal import Foundation
internal import Streaming

/// `export.json`: what an export is made from, and its files; beside them from the first moment on.
struct ExportRecord: Codable, Equatable {
    static let fileName = "export.json"

    struct File: Codable, Equatable {
        var name: String
        var split: String
        var instances: Int
        /// Known when all files are whole.
        var bytes: Int?
    }

    var configuration: ExportConfiguration
    var shardsDigest: String
    var vocabularyDigest: String
    var seed: UInt64
    var sequenceLength: Int
    var maxPredictions: Int
    var objective: String
    var files: [File]
    var complete = false

    private enum CodingKeys: String, CodingKey {
        case configuration
        case shardsDigest = "shards_digest"
        case vocabularyDigest = "vocabulary_digest"
        case seed
        case sequenceLength = "sequence_length"
        case maxPredictions = "max_predictions"
        case objective, files, complete
    }

    /// Whether a folder is a new one; compares the record with that of an earlier run.
    func isNew(in directory: String) throws(Failure) -> Bool {
        let path = directory + "/" + ExportRecord.fileName
        guard Files.exists(path) else {
            let others = try Files.names(in: directory).filter { $0 != ExportRecord.fileName + ".partial" }
            guard others.isEmpty else {
                throw Failure(
                    .cannotCreate, "has files in it but no \(ExportRecord.fileName)", at: directory,
                    remedy: "give a new or an empty folder with --output")
            }
            return true
        }
        let earlier: ExportRecord
        do {
            earlier = try JSONDecoder().decode(ExportRecord.self, from: Data(Files.read(path)))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.badData, "is no record of an export", at: path, remedy: "give another --output")
        }
        guard earlier.identity == identity else {
            throw Failure(
                .cannotCreate, "the export in this folder is from other shards or with other options", at: path,
                remedy: "give the same shards and options, or another --output")
        }
        return false
    }

    /// What has to be equal for a run to go on where another was.
    private var identity: ExportRecord {
        var identity = self
        identity.complete = false
        for index in files.indices { identity.files[index].bytes = nil }
        return identity
    }

    func write(to directory: String) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = Array(try encoder.encode(self)) + [10]
        } catch {
            throw Failure(.bug, "the record of an export cannot be written as JSON: \(error)")
        }
        try Files.write(bytes, to: directory + "/" + ExportRecord.fileName)
    }
}
