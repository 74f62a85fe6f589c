internal import Foundation

/// A fixed number of threads that several stages share: each stage submits work with its urgency.
///
/// Of the waiting work the most urgent is begun first, and of equals the oldest, so that a stage whose results others
/// wait for is never starved by one that has enough. Work may block. All mutable state is behind `condition`, hence
/// the unchecked conformance.
public final class ThreadCrew: @unchecked Sendable {
    /// Which work goes first.
    public enum Urgency: Int, Sendable, CaseIterable {
        /// Others wait for it: what feeds the stages behind.
        case feeding
        /// All other work.
        case ordinary
    }

    /// The number of threads.
    public let threads: Int
    private let condition = NSCondition()
    private var queues = Urgency.allCases.map { _ in WorkQueue() }
    private var stopping = false
    private var alive: Int

    /// Starts `threads` threads, at least one.
    public init(threads: Int) {
        self.threads = max(1, threads)
        alive = self.threads
        for _ in 0..<self.threads {
            let thread = Thread { self.work() }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func submit(_ urgency: Urgency, _ work: @escaping @Sendable () -> Void) {
        condition.lock()
        queues[urgency.rawValue].append(work)
        condition.signal()
        condition.unlock()
    }

    /// Drops what nobody has begun and waits until all running work has ended.
    public func stop() {
        condition.lock()
        stopping = true
        condition.broadcast()
        while alive > 0 { condition.wait() }
        condition.unlock()
    }

    private func work() {
        while let task = next() { task() }
        condition.lock()
        alive -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while !stopping {
            for index in queues.indices {
                if let task = queues[index].popFirst() { return task }
            }
            condition.wait()
        }
        return nil
    }
}

/// First in, first out; taken work is let go at once.
private struct WorkQueue {
    private var items: [(@Sendable () -> Void)?] = []
    private var first = 0

    mutating func append(_ work: @escaping @Sendable () -> Void) { items.append(work) }

    mutating func popFirst() -> (@Sendable () -> Void)? {
        guard first < items.count else { return nil }
        defer {
            first += 1
            if first == items.count { (items, first) = ([], 0) }
        }
        return items[first].take()
    }
}
