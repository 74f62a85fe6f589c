internal import Foundation

/// Work shared among ranks and their threads; rank 0 takes all results in the order of the items.
///
/// Item i belongs to rank i modulo their number, so that which rank does what follows from the list alone. Without
/// ranks, the threads of this process do all of it. A failure of any rank is thrown on rank 0, at its item's turn.
public struct RankedMap {
    private let ranks: MessagePassing?
    private let jobs: Int

    private var size: Int { ranks?.size ?? 1 }
    private var rank: Int { ranks?.rank ?? 0 }

    /// - Parameters:
    ///   - ranks: the ranks this process belongs to; nil when it is alone.
    ///   - jobs: threads of each rank.
    public init(_ ranks: MessagePassing?, jobs: Int) {
        self.ranks = ranks
        self.jobs = max(1, jobs)
    }

    /// Does this rank's part; every rank calls it with the same items.
    /// - Parameters:
    ///   - transform: makes a result of an item, on any thread of any rank.
    ///   - consume: takes the results in order; called on rank 0 alone.
    public func run<Item: Sendable, Output: Sendable & Codable>(
        _ items: [Item], transform: @escaping @Sendable (Item) throws -> Output, consume: (Output) throws -> Void
    ) throws {
        if let ranks, rank > 0 { return try post(items, ranks, transform) }
        let crew = ThreadCrew(threads: jobs)
        defer { crew.stop() }
        let stage = OrderedStage(crew, capacity: 4 * jobs, transform: transform)
        var next = 0
        for index in items.indices {
            try Cancellation.check()
            while next < items.count, stage.hasRoom {
                stage.submit(items[next])
                next += size
            }
            if let ranks, index % size > 0 {
                try consume(RankedMap.result(of: ranks.receive(from: index % size)))
            } else if let output = try stage.takeFirst() {
                try consume(output)
            }
        }
    }

    private func post<Item: Sendable, Output: Sendable & Codable>(
        _ items: [Item], _ ranks: MessagePassing, _ transform: @escaping @Sendable (Item) throws -> Output
    ) throws {
        let outbox = Outbox(ranks, to: 0, capacity: 16 << 20)
        var next = rank
        do {
            try orderedParallelMap(
                jobs: jobs,
                source: { () -> Item? in
                    guard next < items.count else { return nil }
                    defer { next += size }
                    return items[next]
                },
                transform: transform,
                consume: { try outbox.post([0] + [UInt8](JSONEncoder().encode($0))) })
        } catch let failure as Failure where failure.code != .interrupted {
            try outbox.post([1] + [UInt8](JSONEncoder().encode(RemoteFailure(failure))))
            try outbox.flush()
            throw failure
        }
        try outbox.flush()
    }

    private static func result<Output: Codable>(of message: [UInt8]) throws -> Output {
        let content = Data(message.dropFirst())
        guard message.first == 0 else { throw try JSONDecoder().decode(RemoteFailure.self, from: content).failure }
        return try JSONDecoder().decode(Output.self, from: content)
    }
}

/// A failure on its way to rank 0.
private struct RemoteFailure: Codable {
    private let code: Int32
    private let message: String
    private let place, remedy: String?

    init(_ failure: Failure) {
        code = failure.code.rawValue
        message = failure.message
        place = failure.place
        remedy = failure.remedy
    }

    var failure: Failure { Failure(Failure.Code(rawValue: code) ?? .bug, message, at: place, remedy: remedy) }
}
