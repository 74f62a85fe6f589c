internal import Dispatch
internal import Storage
public import Streaming

/// Reads sources into a corpus: decompress, parse, clean on several threads, write in order.
///
/// The corpus is a function of the sources and the configuration; the number of threads and interruptions leave no
/// trace in it. A source is committed chunk by chunk, and the same call after a kill goes on behind the last chunk.
///
/// Memory is bounded whatever the sources' size. With `jobs` threads there are at most
///
/// - `4 x jobs` batches of 256 KiB of raw items (or one item of at most `2 x maxPageBytes`), raw or cleaned;
/// - of bzip2, `2 x jobs + 2` blocks, stored and decoded (about 1.2 MB each), and 8 MB for each thread;
/// - the page that is being cut (`2 x maxPageBytes` at most), a block of 1 MiB of text and its compressed form;
/// - the titles and names of the documents of one chunk of at most `4 x chunkBytes`;
/// - what selection is allowed (`SelectionConfiguration.memoryBytes`);
/// - under `mpirun`, 128 MiB of cleaned text on its way on each rank.
///
/// With typical pages that is about `40 MB + 35 MB x jobs` for bzip2 and `35 MB + 8 MB x jobs` for other sources.
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
        let plan = try SourcePlan(
            sources, format: configuration.format, selection: configuration.files, output: output)
        let crew = ThreadCrew(threads: jobs)
        defer { crew.stop() }
        guard MessagePassing.isLaunched else { return try write(plan, crew, nil, since: began) }
        let ranks = try MessagePassing()
        do {
            if ranks.rank > 0 { return try RankedReading(ranks, plan, configuration, crew).run() }
            let summary = try write(plan, crew, ranks, since: began)
            return summary
        } catch {
            ranks.giveWayToRoot()
            throw error
        }
    }

    /// Writes the corpus; reads the sources too, alone or with other ranks.
    private func write(
        _ plan: SourcePlan, _ crew: ThreadCrew, _ ranks: MessagePassing?, since began: DispatchTime
    ) throws -> IngestSummary {
        let rules = try SelectionRules(configuration)
        let others = try OtherCorpus.all(configuration)
        let writer = try CorpusWriter(output, configuration: configuration.canonicalJSON, toolVersion: toolVersion)
        try rules.hold(writer)
        let selection = try DocumentSelection(configuration, against: others, writer, jobs: jobs)
        let meter = try IngestMeter(plan.entries, style: progress)
        // All sources are entered before the first is read: a run that is killed between two leaves an open corpus.
        let sources = try writer.enter(
            plan.entries.map { try NewSource(uri: $0.uri, kind: $0.kind.rawValue, bytes: $0.bytes()) })
        let ingests = try zip(plan.entries, sources).map {
            try SourceIngest(
                $0, $1, writer, configuration, selection, keepGoing: keepGoing, meter: meter, onCommit: onCommit)
        }
        let reading: any SourceReading =
            if let ranks {
                try RankedSources(ranks, plan, ingests.map(\.progress), configuration, rules, crew)
            } else {
                OwnSources(plan, configuration, rules, crew)
            }
        defer { reading.stop() }
        var damage: Failure?
        var failed: [(ingest: SourceIngest, failure: Failure)] = []
        for (index, ingest) in ingests.enumerated() {
            do {
                let found = try ingest.complete { try reading.read(index, into: ingest) }
                damage = damage ?? found
            } catch let failure as Failure {
                // One bad source does not keep the others out.
                guard ingest.canBeLeft(after: failure) else { throw failure }
                failed.append((ingest, failure))
            }
        }
        // Where nothing could be read at all, the options are wrong rather than the sources.
        if let first = failed.first?.failure, !keepGoing || writer.nextDocument == 1 {
            damage = damage ?? first
        } else {
            for (ingest, failure) in failed { try ingest.accept(failure) }
        }
        meter.finish()
        try writer.finish()
        let statistics = try CorpusReader(output, requireComplete: false).statistics
        let summary = IngestSummary(
            documents: statistics.documents, rejected: statistics.rejected, rawBytes: statistics.rawBytes,
            textBytes: statistics.textBytes,
            seconds: Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) / 1e9,
            version: toolVersion, output: output)
        try reading.finish(summary)
        if let damage { throw damage }
        return summary
    }
}

/// Progress over the stored bytes of all sources.
final class IngestMeter {
    private let progress: ProgressMeter
    private var finished = 0

    init(_ entries: [SourceEntry], style: ProgressMeter.Style) throws(Failure) {
        var total = 0
        for entry in entries { total += try entry.bytes() }
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
