internal import Foundation
internal import Storage
public import Streaming
internal import Tokenize

/// Learns a WordPiece vocabulary from text and writes it as every BERT tool reads it.
public struct VocabularyRun {
    /// What a run gives.
    public struct Summary: Codable, Sendable, Equatable {
        /// Pieces of the vocabulary, special ones included.
        public var pieces: Int
        /// Different words seen.
        public var words: Int
        /// Rare ones of them that were not learnt from, because the memory allowed holds no more.
        public var wordsLeftOut: Int?
        /// Bytes that went to scratch files while counting.
        public var spilledBytes: Int?
        /// Words of the glossary that are pieces.
        public var terms: Int?
        /// Words of the glossary too long for any tokeniser.
        public var termsLeftOut: Int?
        /// Wall-clock time.
        public var seconds: Double
        /// The program's version.
        public var version: String
        /// The vocabulary written.
        public var output: String
    }

    private let inputs: [String]
    private let file: String
    private let plan: VocabularyPlan
    private let overwrite: Bool
    private let jobs: Int
    private let progress: ProgressMeter.Style

    /// - Parameters:
    ///   - inputs: corpora, text files, folders of text files.
    ///   - output: `x/vocab.txt`, or a folder in which it is made.
    ///   - overwrite: whether files that stand there and were made otherwise are replaced.
    public init(
        inputs: [String], output: String, plan: VocabularyPlan, overwrite: Bool = false, jobs: Int,
        progress: ProgressMeter.Style
    ) {
        self.inputs = inputs
        let isFile = output.isEmpty || output.hasSuffix(".txt")
        file = isFile ? output : (output.hasSuffix("/") ? output : output + "/") + "vocab.txt"
        self.plan = plan
        self.overwrite = overwrite
        self.jobs = jobs
        self.progress = progress
    }

    private var folder: String {
        let parent = Files.parent(of: file)
        return parent.isEmpty ? "." : parent
    }
    private var recordPath: String { file + ".json" }
    /// What the names of scratch files begin with.
    private var scratchName: String { String(file.split(separator: "/").last ?? "vocab.txt") }

    /// Counts words, learns pieces, writes `vocab.txt`, `tokenizer.json`, `tokenizer_config.json` and a record.
    ///
    /// Memory: what the plan says, whatever the text; it bounds the threads too. Scratch files lie in the output's folder.
    public func run() throws -> Summary {
        let began = DispatchTime.now().uptimeNanoseconds
        try plan.check()
        guard !file.isEmpty else { throw Failure(.usage, "no folder is named", remedy: "name one with --output") }
        let input = try TextInput(inputs)
        let configuration = try plan.configuration()
        var record = VocabularyRecord(
            corpusDigest: try input.digest(), options: plan.fingerprint(configuration), memory: plan.memory.bytes)
        try Files.createDirectory(folder)
        let lock = try DirectoryLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let earlier = try VocabularyRecord.read(recordPath)
        let isOurs = earlier?.agrees(with: record) ?? false
        if isOurs, let summary = earlier?.summary, ownFiles.allSatisfy(Files.exists) { return summary }
        if !isOurs { try refuseForeignFiles() }
        try VocabularyTrainer.removeLeftovers(scratch: folder, name: scratchName)
        try record.write(to: recordPath)
        let trained = try train(input, configuration)
        try write(trained, configuration)
        let summary = Summary(
            pieces: trained.pieces.count, words: trained.words, wordsLeftOut: trained.wordsLeftOut,
            spilledBytes: trained.spilledBytes, terms: trained.terms, termsLeftOut: trained.termsLeftOut,
            seconds: Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9, version: ProgramVersion.current,
            output: file)
        record.summary = summary
        try record.write(to: recordPath)
        return summary
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

    private func train(
        _ input: TextInput, _ configuration: VocabularyTrainer.Configuration
    ) throws -> TrainedVocabulary {
        var batches = input.batches[...]
        let meter = ProgressMeter("vocab", unit: "bytes", total: Double(input.bytes), style: progress)
        defer { meter.finish() }
        return try VocabularyTrainer(configuration: configuration, scratch: folder, name: scratchName).train(
            jobs: min(jobs, VocabularyTrainer.mostJobs(memory: plan.memory.bytes)), source: { batches.popFirst() },
            texts: input.texts
        ) { stage in
            if case .counting(let bytes) = stage { meter.update(Double(bytes)) }
        }
    }

    private func write(_ trained: TrainedVocabulary, _ configuration: VocabularyTrainer.Configuration) throws {
        let vocabulary = try trained.vocabulary()
        if hasTokenizerFiles {
            try WordPieceTokenizer(vocabulary: vocabulary, options: configuration.options).save(to: folder)
        } else {
            try Files.write(vocabulary.fileBytes, to: file)
        }
    }
}
