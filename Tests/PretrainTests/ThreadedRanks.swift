import Foundation
import Streaming
import Training

/// Ranks that are threads of this process, so that a test sees several of them at work.
///
/// All state is behind `condition`, hence the unchecked conformance.
final class ThreadedRanks: @unchecked Sendable {
    private let condition = NSCondition()
    private var contributions: [[Double]]
    private var arrived = 0
    private var round = 0
    private var results: [[Double]] = []

    init(count: Int) { contributions = Array(repeating: [], count: count) }

    /// Waits until every rank has given its values, then gives all of them to each.
    func exchange(_ values: [Double], rank: Int) -> [[Double]] {
        condition.lock()
        defer { condition.unlock() }
        contributions[rank] = values
        arrived += 1
        if arrived == contributions.count {
            results = contributions
            arrived = 0
            round += 1
            condition.broadcast()
        } else {
            let mine = round
            while round == mine { condition.wait() }
        }
        return results
    }

    /// Runs `body` on a thread for each rank and gives what each made.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Rank) throws -> Value
    ) throws -> [Value] {
        let ranks = ThreadedRanks(count: count)
        let outcomes = Outcomes<Value>()
        let group = DispatchGroup()
        for rank in 0..<count {
            group.enter()
            let thread = Thread {
                let result = Result { try body(Rank(rank, count, ranks)) }
                outcomes.set(rank, result)
                group.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        group.wait()
        return try outcomes.all(count)
    }

    final class Rank: Communicator {
        let rank: Int
        let size: Int
        private let ranks: ThreadedRanks

        init(_ rank: Int, _ size: Int, _ ranks: ThreadedRanks) {
            self.rank = rank
            self.size = size
            self.ranks = ranks
        }

        func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(Failure) {
            let all = ranks.exchange(values.map(Double.init), rank: rank)
            for index in values.indices { values[index] = all.reduce(Float(0)) { $0 + Float($1[index]) } }
        }

        func sum(_ values: [Double]) throws(Failure) -> [Double] {
            let all = ranks.exchange(values, rank: rank)
            return values.indices.map { index in all.reduce(0) { $0 + $1[index] } }
        }

        func broadcast(_ bytes: [UInt8], from root: Int) throws(Failure) -> [UInt8] {
            ranks.exchange(bytes.map(Double.init), rank: rank)[root].map { UInt8($0) }
        }

        func barrier() throws(Failure) { _ = ranks.exchange([], rank: rank) }
    }
}

/// Behind a lock, hence the unchecked conformance.
private final class Outcomes<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Int: Result<Value, any Error>] = [:]

    func set(_ rank: Int, _ result: Result<Value, any Error>) { lock.withLock { results[rank] = result } }

    func all(_ count: Int) throws -> [Value] { try (0..<count).map { try results[$0]!.get() } }
}
