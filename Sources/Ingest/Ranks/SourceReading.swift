internal import Streaming

/// Who reads and cleans sources for the one that writes them.
protocol SourceReading: AnyObject {
    /// Hands the batches of a source that are missing to its ingest, in order.
    /// - Parameter index: the source's place in the plan; each is asked for at most once, in order.
    func read(_ index: Int, into ingest: SourceIngest) throws
    /// Tells whoever reads that all is written.
    func finish(_ summary: IngestSummary) throws
    /// Ends threads; called also when something has failed.
    func stop()
}

/// This process alone: one source after the other.
final class OwnSources: SourceReading {
    private let plan: SourcePlan
    private let configuration: IngestConfiguration
    private let rules: SelectionRules
    private let crew: ThreadCrew

    init(_ plan: SourcePlan, _ configuration: IngestConfiguration, _ rules: SelectionRules, _ crew: ThreadCrew) {
        self.plan = plan
        self.configuration = configuration
        self.rules = rules
        self.crew = crew
    }

    func read(_ index: Int, into ingest: SourceIngest) throws {
        let task = SourceTask(
            entry: plan.entries[index], part: .rest(ingest.progress), configuration: configuration, rules: rules)
        try task.run(crew, passed: ingest.pass) { batch, _ in try ingest.take(batch, from: nil) }
    }

    func finish(_ summary: IngestSummary) throws {}
    func stop() {}
}
