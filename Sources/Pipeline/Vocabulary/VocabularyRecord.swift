internal import Foundation
internal import Streaming

/// Beside the files, what they are made of: written before them without a summary, and after them with it.
///
/// So an equal run has nothing to do, or goes on after a kill; any other is refused.
struct VocabularyRecord: Codable {
    /// The text.
    var corpusDigest: String
    /// What shapes the result.
    var options: String
    /// What it has a say in only when words are left out.
    var memory: Int?
    /// What the run gave.
    var summary: VocabularyRun.Summary?

    /// The record at `path`, nil if there is none that can be read.
    static func read(_ path: String) throws(Failure) -> VocabularyRecord? {
        guard Files.exists(path) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(VocabularyRecord.self, from: Data(Files.read(path)))
    }

    /// Writes it to `path`.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try Files.write([UInt8](encoder.encode(self)) + [10], to: path)
    }

    /// Whether a run of this record gives the same as one of another.
    func agrees(with other: VocabularyRecord) -> Bool {
        corpusDigest == other.corpusDigest && options == other.options
            && (memory == other.memory || summary?.wordsLeftOut ?? 0 == 0)
    }
}
