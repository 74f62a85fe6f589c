internal import Dispatch
internal import Storage
public import Streaming

/// Reads sources into a corpus: decompress, parse, clean on several threads, write in order.
///
/// The corpus is a function of the sources and the configuration; the number of threads and interruptions leave no
/// trace in it. A source is committed chunk by chunk, and the same call after a kill goes on behind the last chunk.
///
/// Memory is bounded whatever the sources' size: at most `4 x jobs` batches of 256 KiB (or one item of at most
/// `maxPageBytes`) are under way, raw and cleaned, beside one piece of input, the pages in it, the one page that is
/// being parsed (two revisions of `maxPageBytes`), a block of 1 MiB of text, and the titles and names of the documents
/// of one chunk of `chunkBytes`. Rules that go by the order of documents add `selection.memoryBytes`.
public struct IngestRun {
    private let sources: [String]
    private let output: String
    private let configuration: IngestConfiguration
    private let jobs: Int
    private let progress: ProgressMeter.Style
    private let toolVersion: String
    private let keepGoing: Bool
    /// Called after each commit with the source's uri and its chunks so far; tests stop a run here.
    var onCommit: ((String, Int) throws -> Void)?

    /// - Parameters:
    ///   - sources: files, folders, or `-` for standard input; order matters.
    ///   - output: the corpus's folder, made when it is missing.
    ///   - configuration: all that shapes the text.
    ///   - jobs: threads that clean, at least 1.
    ///   - progress: how progress is told.
    ///   - keepGoing: whether damage in the sources is accepted; otherwise it is a failure once all is read.
    ///   - toolVersion: recorded in the corpus.
    public init(
        sources: [String], output: String, configuration: IngestConfiguration, jobs: Int, progress: ProgressMeter.Style,
        keepGoing: Bool = false, toolVersion: String = ""
    ) {
        self.sources = sources
        self.output = output
        self.configuration = configuration
        self.jobs = max(1, jobs)
        self.progress = progress
        self.keepGoing = keepGoing
        self.toolVersion = toolVersion
    }

    /// Ingests all that is not yet in the corpus.
    public func run() throws(Failure) -> IngestSummary {
        do {
            return try ingestAll()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.bug, "\(error)")
        }
    }

    private func ingestAll() throws -> IngestSummary {
        let began = DispatchTime.now()
        try configuration.validate()
        let plan = try SourcePlan(sources, format: configuration.format, output: output)
        let writer = try CorpusWriter(output, configuration: configuration.canonicalJSON, toolVersion: toolVersion)
        let rules = try SelectionRules(configuration, writer)
        let selection = try DocumentSelection(configuration, writer, jobs: jobs)
        let meter = try IngestMeter(plan.entries, style: progress)
        let crew = ThreadCrew(threads: jobs)
        defer { crew.stop() }
        // All sources are entered before the first is read: a run that is killed between two leaves an open corpus.
        let ingests = try plan.entries.map {
            try SourceIngest(
                $0, writer, configuration, rules, selection, crew: crew, keepGoing: keepGoing, meter: meter,
                onCommit: onCommit)
        }
        var damage: Failure?
        for ingest in ingests {
            let found = try ingest.run()
            damage = damage ?? found
        }
        meter.finish()
        if let damage { throw damage }
        let statistics = try CorpusReader(output, requireComplete: false).statistics
        return IngestSummary(
            documents: statistics.documents, rejected: statistics.rejected, rawBytes: statistics.rawBytes,
            textBytes: statistics.textBytes,
            seconds: Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e9,
            version: toolVersion, output: output)
    }
}

/// Progress over the stored bytes of all sources.
final class IngestMeter {
    private let progress: ProgressMeter
    private var finished = 0

    init(_ entries: [SourceEntry], style: ProgressMeter.Style) throws(Failure) {
        var total = 0
        for entry in entries where entry.kind != .unknown && !entry.isStandardInput {
            for file in entry.files { total += try Files.size(file.path) }
        }
        progress = ProgressMeter("ingest", unit: "bytes", total: Double(total), style: style)
    }

    /// - Parameter consumed: bytes taken of the source at hand.
    func update(_ consumed: Int) { progress.update(Double(finished + consumed)) }

    func endSource(_ bytes: Int) {
        finished += bytes
        update(0)
    }

    func finish() { progress.finish() }
}
