internal import Foundation
internal import Storage
public import Streaming
public import Tokenize

/// Learns a WordPiece vocabulary from a corpus and writes it as every BERT tool reads it.
public struct VocabularyRun {
    /// What a run gives.
    public struct Summary: Codable, Sendable, Equatable {
        /// Pieces of the vocabulary, special ones included.
        public var pieces: Int
        /// Different words seen.
        public var words: Int
        /// Wall-clock time.
        public var seconds: Double
        /// The program's version.
        public var version: String
        /// The vocabulary written.
        public var output: String
    }

    /// Beside the files, what they are made of: written before them without a summary, and after them with it.
    ///
    /// So an equal run has nothing to do, or goes on after a kill; any other is refused.
    private struct Record: Codable {
        var corpusDigest: String
        var options: String
        var summary: Summary?
    }

    private let corpus: String
    private let file: String
    private let configuration: VocabularyTrainer.Configuration
    private let overwrite: Bool
    private let jobs: Int
    private let progress: ProgressMeter.Style

    /// - Parameters:
    ///   - output: `x/vocab.txt`, or a folder in which it is made.
    ///   - overwrite: whether files that stand there and were made otherwise are replaced.
    public init(
        corpus: String, output: String, configuration: VocabularyTrainer.Configuration, overwrite: Bool = false,
        jobs: Int, progress: ProgressMeter.Style
    ) {
        self.corpus = corpus
        file = output.hasSuffix(".txt") ? output : (output.hasSuffix("/") ? output : output + "/") + "vocab.txt"
        self.configuration = configuration
        self.overwrite = overwrite
        self.jobs = jobs
        self.progress = progress
    }

    private var folder: String {
        let parent = Files.parent(of: file)
        return parent.isEmpty ? "." : parent
    }
    private var recordPath: String { file + ".json" }

    /// Counts words, learns pieces, writes `vocab.txt`, `tokenizer.json`, `tokenizer_config.json` and a record.
    ///
    /// Memory: the different words of the corpus and their counts, once for each job while counting.
    public func run() throws -> Summary {
        let began = DispatchTime.now().uptimeNanoseconds
        let reader = try CorpusReader(corpus)
        var record = Record(corpusDigest: try reader.digest(), options: "\(configuration)")
        try Files.createDirectory(folder)
        let lock = try DirectoryLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let earlier = try earlierRecord()
        let isOurs = earlier?.corpusDigest == record.corpusDigest && earlier?.options == record.options
        if isOurs, let summary = earlier?.summary, ownFiles.allSatisfy(Files.exists) { return summary }
        if !isOurs { try refuseForeignFiles() }
        try write(record)
        let trained = try train(reader)
        try write(trained)
        let summary = Summary(
            pieces: trained.pieces.count, words: trained.words,
            seconds: Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9, version: ProgramVersion.current,
            output: file)
        record.summary = summary
        try write(record)
        return summary
    }

    private func write(_ record: Record) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try Files.write([UInt8](encoder.encode(record)) + [10], to: recordPath)
    }

    private func earlierRecord() throws -> Record? {
        guard Files.exists(recordPath) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Record.self, from: Data(Files.read(recordPath)))
    }

    /// `vocab.txt` comes with the tokenizer's files, a vocabulary of another name comes alone.
    private var hasTokenizerFiles: Bool { file.hasSuffix("/vocab.txt") || file == "vocab.txt" }

    private var ownFiles: [String] {
        let beside = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]
        return [file] + (hasTokenizerFiles ? beside.map { folder + "/" + $0 } : [])
    }

    private func refuseForeignFiles() throws(Failure) {
        guard !overwrite else { return }
        for path in ownFiles + [recordPath] where Files.exists(path) {
            throw Failure(
                .cannotCreate, "exists already and was made otherwise", at: path,
                remedy: "give another --output, or --overwrite")
        }
    }

    private func train(_ reader: CorpusReader) throws -> TrainedVocabulary {
        var blocks = reader.blocks[...]
        var done = 0
        let meter = ProgressMeter("vocab", unit: "bytes", total: Double(reader.statistics.textBytes), style: progress)
        let trained = try VocabularyTrainer(configuration: configuration).train(jobs: jobs) {
            guard let block = blocks.popFirst() else { return nil }
            let texts = try reader.texts(of: block)
            done += texts.reduce(0) { $0 + $1.count }
            meter.update(Double(done))
            return texts
        }
        meter.finish()
        return trained
    }

    private func write(_ trained: TrainedVocabulary) throws {
        let vocabulary = try Vocabulary(pieces: trained.pieces)
        let tokenizer = WordPieceTokenizer(vocabulary: vocabulary, options: configuration.options)
        if hasTokenizerFiles {
            try tokenizer.save(to: folder)
        } else {
            try Files.write(Array((trained.pieces.joined(separator: "\n") + "\n").utf8), to: file)
        }
    }
}
