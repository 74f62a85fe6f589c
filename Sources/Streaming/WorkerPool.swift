internal import Foundation
internal import Synchronization

/// Persistent threads that share the iterations of a loop; made for kernels that last some microseconds and more.
///
/// Which thread runs which index is open, so a body must write only what belongs to its index. A result then never
/// depends on the number of threads. One loop runs at a time; a nested call runs on the calling thread alone.
public final class WorkerPool: @unchecked Sendable {
    /// Threads at work in a loop, the calling one included.
    public let threads: Int
    private let condition = NSCondition()
    // Guarded by `condition`: the generation of the current loop, its body.
    private var body: (@Sendable (Int) -> Void)?
    private var count = 0
    private var stopping = false
    private let generation = Atomic<Int>(0)
    private let cursor = Atomic<Int>(0)
    private let remainingHelpers = Atomic<Int>(0)
    private let running = Atomic<Bool>(false)

    /// Starts `threads - 1` helper threads.
    public init(threads: Int) {
        self.threads = max(1, threads)
        for _ in 1..<max(2, self.threads) where self.threads > 1 {
            let thread = Thread { [self] in help() }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Calls `body(index)` once for each index in 0..<count, on all threads, and returns when all have ended.
    public func parallelFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 0 else { return }
        let nested = running.exchange(true, ordering: .acquiring)
        guard threads > 1, count > 1, !nested else {
            for index in 0..<count { body(index) }
            if !nested { running.store(false, ordering: .releasing) }
            return
        }
        withoutActuallyEscaping(body) { body in
            condition.lock()
            self.body = body
            self.count = count
            cursor.store(0, ordering: .relaxed)
            remainingHelpers.store(threads - 1, ordering: .relaxed)
            generation.add(1, ordering: .releasing)
            condition.broadcast()
            condition.unlock()
            drain(body, count)
            waitForHelpers()
            self.body = nil
        }
        running.store(false, ordering: .releasing)
    }

    /// Ends the helper threads; the pool must not be used afterwards.
    public func stop() {
        condition.lock()
        stopping = true
        generation.add(1, ordering: .releasing)
        condition.broadcast()
        condition.unlock()
    }

    private func drain(_ body: @Sendable (Int) -> Void, _ count: Int) {
        while true {
            let index = cursor.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
        }
    }

    private func waitForHelpers() {
        // Helpers end within the time of one iteration: spin a little, then give the core away.
        var spins = 0
        while remainingHelpers.load(ordering: .acquiring) > 0 {
            spins += 1
            if spins > 2_000 { sched_yield() }
        }
    }

    private func help() {
        var seen = 0
        while true {
            var spins = 0
            while generation.load(ordering: .acquiring) == seen && spins < 4_000 { spins += 1 }
            guard takePart(&seen) else { return }
            remainingHelpers.subtract(1, ordering: .releasing)
        }
    }

    /// Waits for the next loop and works in it; false when the pool is to end.
    ///
    /// A function of its own: its copy of the loop's body must be gone before the caller hears that this helper is
    /// done, since the body does not outlive the loop.
    @inline(never)
    private func takePart(_ seen: inout Int) -> Bool {
        condition.lock()
        while generation.load(ordering: .acquiring) == seen { condition.wait() }
        seen = generation.load(ordering: .acquiring)
        let (body, count, stopping) = (self.body, self.count, self.stopping)
        condition.unlock()
        if stopping { return false }
        if let body { drain(body, count) }
        return true
    }
}
