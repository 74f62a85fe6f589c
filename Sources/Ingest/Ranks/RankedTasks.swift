internal import Storage
internal import Streaming

/// The work of all ranks, the same list on each: which part of which source is whose.
struct RankedTasks {
    /// Tasks of one source, in order, each with the rank that does it.
    private(set) var tasks: [[(task: SourceTask, rank: Int)]] = []

    /// - Parameters:
    ///   - plan: the sources.
    ///   - progress: how far each has come.
    ///   - ranks: the number of ranks.
    init(
        _ plan: SourcePlan, _ progress: [SourceProgress], _ configuration: IngestConfiguration, _ rules: SelectionRules,
        ranks: Int, _ crew: ThreadCrew
    ) throws(Failure) {
        var next = 0
        for (entry, progress) in zip(plan.entries, progress) {
            var own: [(task: SourceTask, rank: Int)] = []
            for part in try RankedTasks.parts(entry, progress, configuration, crew) {
                let task = SourceTask(entry: entry, part: part, configuration: configuration, rules: rules)
                // A launcher gives its standard input to the first rank alone.
                own.append((task, entry.isStandardInput ? 0 : next % ranks))
                next += 1
            }
            tasks.append(own)
        }
    }

    private static func parts(
        _ entry: SourceEntry, _ progress: SourceProgress, _ configuration: IngestConfiguration, _ crew: ThreadCrew
    ) throws(Failure) -> [SourceTask.Part] {
        guard progress.isOpen else { return [] }
        guard entry.kind == .mediawiki else { return [.rest(progress)] }
        let segments = try DumpFile(entry.files[0].path, configuration).segments(crew)
        let first = progress.position?.segment ?? 0
        guard segments > 1 else { return [.rest(progress)] }
        var parts = [SourceTask.Part.restOfSegment(progress)]
        for segment in (first + 1)..<max(first + 1, segments) { parts.append(.segment(segment)) }
        return parts
    }
}
