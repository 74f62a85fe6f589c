internal import Foundation
internal import Streaming

/// Reading shared among ranks, seen from the one that writes: it reads its own tasks on a thread beside, and takes the
/// messages of all ranks in the order of the sources.
///
/// Memory: `RankedSources.capacity` bytes of cleaned text on each rank.
final class RankedSources: SourceReading {
    /// Bytes of messages a rank may be ahead: the text of a few segments.
    static let capacity = 128 << 20

    private struct Abandoned: Error {}

    private let ranks: MessagePassing
    private let tasks: RankedTasks
    private let own = MessageQueue(capacity: RankedSources.capacity)
    private let finished = DispatchSemaphore(value: 0)

    /// Tells the other ranks how far the sources have come, and begins to read.
    init(
        _ ranks: MessagePassing, _ plan: SourcePlan, _ progress: [SourceProgress],
        _ configuration: IngestConfiguration, _ rules: SelectionRules, _ crew: ThreadCrew
    ) throws {
        self.ranks = ranks
        let encoded = try [UInt8](JSONEncoder().encode(progress))
        _ = try ranks.broadcast(encoded.count)
        _ = try ranks.broadcast(encoded, from: 0)
        tasks = try RankedTasks(plan, progress, configuration, rules, ranks: ranks.size, crew)
        let thread = Thread { [tasks, own, finished] in
            RankedSources.work(tasks, own, crew)
            finished.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    private static func work(_ tasks: RankedTasks, _ queue: MessageQueue, _ crew: ThreadCrew) {
        for (task, rank) in tasks.tasks.joined() where rank == 0 {
            do {
                try task.run(crew) { batch, begin in
                    guard queue.put(.batch(batch, from: begin)) else { throw Abandoned() }
                }
                guard queue.put(.end) else { return }
            } catch {
                let failure = error as? Failure ?? Failure(.bug, "\(error)")
                guard queue.put(.failed(failure)), failure.code == .badData else { return }
            }
        }
    }

    func read(_ index: Int, into ingest: SourceIngest) throws {
        var hasEnded = false
        var bad: Failure?
        for (_, rank) in tasks.tasks[index] {
            taking: while true {
                switch rank == 0 ? own.take() : try RankMessage(ranks.receive(from: rank)) {
                case .batch(let batch, let begin):
                    // A page over the rest of the file was read to the end; then later segments have nothing to say.
                    if hasEnded { continue }
                    try ingest.take(batch, from: begin)
                    hasEnded = batch.endsSource
                case .end: break taking
                case .failed(let failure):
                    guard failure.code == .badData else { throw failure }
                    bad = bad ?? failure
                    hasEnded = true
                    break taking
                }
            }
        }
        if let bad { throw bad }
    }

    func finish(_ summary: IngestSummary) throws {
        let encoded = try [UInt8](JSONEncoder().encode(summary))
        for rank in 1..<ranks.size {
            let outbox = Outbox(ranks, to: rank, capacity: 0)
            try outbox.post(encoded)
        }
        try ranks.finish()
    }

    func stop() {
        own.close()
        finished.wait()
    }
}
