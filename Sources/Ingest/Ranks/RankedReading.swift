internal import Foundation
internal import Streaming

/// A rank that reads and cleans its share of the sources and sends it to the first rank, which writes.
struct RankedReading {
    private let ranks: MessagePassing
    private let plan: SourcePlan
    private let configuration: IngestConfiguration
    private let crew: ThreadCrew

    init(_ ranks: MessagePassing, _ plan: SourcePlan, _ configuration: IngestConfiguration, _ crew: ThreadCrew) {
        self.ranks = ranks
        self.plan = plan
        self.configuration = configuration
        self.crew = crew
    }

    /// Does this rank's tasks, and waits until all is written.
    /// - Returns: what the first rank says of the corpus.
    func run() throws -> IngestSummary {
        let count = try ranks.broadcast(0)
        let encoded = try ranks.broadcast([UInt8](repeating: 0, count: count), from: 0)
        let progress = try JSONDecoder().decode([SourceProgress].self, from: Data(encoded))
        let rules = try SelectionRules(configuration)
        let tasks = try RankedTasks(plan, progress, configuration, rules, ranks: ranks.size, crew)
        let outbox = Outbox(ranks, to: 0, capacity: RankedSources.capacity)
        for (task, rank) in tasks.tasks.joined() where rank == ranks.rank {
            do {
                try task.run(crew) { batch, begin in try outbox.post(RankMessage.batch(batch, from: begin).encoded) }
                try outbox.post(RankMessage.end.encoded)
            } catch let failure as Failure where failure.code != .interrupted {
                try outbox.post(RankMessage.failed(failure).encoded)
                // A bad source is no reason to leave the others out.
                if failure.code != .badData { break }
            }
        }
        try outbox.flush()
        let summary = try JSONDecoder().decode(IngestSummary.self, from: Data(ranks.receive(from: 0)))
        try ranks.finish()
        return summary
    }
}
