internal import Foundation
internal import GRDB
import Shard
import Storage
import Streaming
import TestSupport
import Tokenize

/// A made-up corpus of which everything is known: every sentence is unlike every other.
///
/// Sentence s of document d begins with the three words that write d and s in base 26, so that a token run can be
/// found again; documents 5, 10 ... hold a single sentence, some sentences are longer than an instance.
struct ShardFixture {
    let folder = TemporaryDirectory()
    let vocabulary: Vocabulary
    /// For each document the token ids of its sentences.
    private(set) var documents: [Int64: [[Int32]]] = [:]

    var corpus: String { folder.file("corpus") }
    var vocabularyPath: String { folder.file("vocab.txt") }

    static let words = (0..<676).map { "w" + ShardFixture.letters($0) }

    private static func letters(_ number: Int) -> String {
        String(UnicodeScalar(UInt8(97 + number / 26))) + String(UnicodeScalar(UInt8(97 + number % 26)))
    }

    init(documents count: Int, seed: UInt64, blocks: Int = 4, padding: Int = 0) throws {
        let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "un", "##seen", "##ly"]
        let letters = (0..<26).map { String(UnicodeScalar(UInt8(97 + $0))) }
        let pieces = specials + letters + letters.map { "##" + $0 } + ShardFixture.words
        vocabulary = try Vocabulary(pieces: pieces + (0..<padding).map { "[unused\($0)]" })
        try folder.write(
            (0..<vocabulary.count).map { vocabulary.piece(Int32($0)) + "\n" }.joined(), to: "vocab.txt")
        try add(documents: count, seed: seed, blocks: blocks)
    }

    /// Ingests more documents.
    mutating func add(documents count: Int, seed: UInt64, blocks: Int = 2) throws {
        let writer = try CorpusWriter(corpus, configuration: "{}", toolVersion: "test")
        var draws = Philox(seed: seed, purpose: Philox.purpose("fixture"))
        var source = try writer.source(
            uri: documents.isEmpty ? "made-up" : "made-up from \(documents.count)", kind: "text", bytes: 1,
            digest: "\(seed)", licence: "")
        let perChunk = max(1, (count + blocks - 1) / blocks)
        for first in stride(from: 0, to: count, by: perChunk) {
            try writer.beginChunk(of: source)
            let last = min(count, first + perChunk)
            for _ in first..<last { try append(to: writer, &draws) }
            source = try writer.commitChunk(items: last - first, rawBytes: 1, isLast: last == count)
        }
    }

    private mutating func append(to writer: CorpusWriter, _ draws: inout Philox) throws {
        let number = documents.count
        let sentences = (number + 1) % 5 == 0 ? 1 : 1 + draws.below(24)
        var lines: [String] = []
        for sentence in 0..<sentences {
            var words = [number / 676, number % 676, sentence % 676].map { ShardFixture.words[$0] }
            let length = draws.below(20) == 0 ? 150 : draws.below(30)
            for _ in 0..<length { words.append(ShardFixture.words[draws.below(676)]) }
            if sentence % 3 == 0 { words += ["unseen"] }
            lines.append(words.joined(separator: " ") + " .")
        }
        // A sentence a line: whatever the splitter's rules are, it ends there.
        let ids = lines.map(encode)
        let text = lines.joined(separator: "\n")
        let id = try writer.append(CorpusDocument(externalID: "\(number)", text: Array(text.utf8)))
        documents[id] = ids
    }

    /// The ids as the tokenizer itself gives them.
    private func encode(_ text: String) -> [Int32] {
        let bytes = Array(text.utf8)
        var ids: [Int32] = []
        WordPieceTokenizer(vocabulary: vocabulary, options: .uncased).makeEncoder()
            .encode(bytes, 0..<bytes.count, into: &ids)
        return ids
    }

    /// All tokens of a document, one sentence after the other.
    func tokens(_ document: Int64) -> [Int32] { (documents[document] ?? []).flatMap { $0 } }

    /// Changes an index behind the program's back.
    static func execute(_ sql: String, at path: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    func run(_ output: String, _ configuration: ShardConfiguration, jobs: Int = 1) -> ShardRun {
        ShardRun(
            corpus: corpus, vocabulary: vocabularyPath, output: folder.file(output), configuration: configuration,
            jobs: jobs, progress: .quiet, toolVersion: "test")
    }
}

extension ShardConfiguration {
    /// Short instances, several small partitions.
    static func small(seed: UInt64, objective: ShardObjective = .nsp) -> ShardConfiguration {
        var configuration = ShardConfiguration()
        configuration.sequenceLength = 64
        configuration.objective = objective
        configuration.partitionBytes = 8 << 10
        configuration.validationFraction = 0.1
        configuration.seed = seed
        configuration.cased = false
        return configuration
    }
}

extension ShardReader {
    /// Every instance of a split.
    func all(_ split: ShardSplit) throws -> [Instance] {
        try (0..<count(split)).map { try instance($0, split) }
    }
}

extension Array where Element: Equatable {
    /// Where `part` occurs in the array.
    func ranges(of part: [Element]) -> [Range<Int>] {
        guard !part.isEmpty, part.count <= count else { return [] }
        return (0...count - part.count).filter { self[$0] == part[0] && self[$0..<$0 + part.count].elementsEqual(part) }
            .map { $0..<$0 + part.count }
    }
}
