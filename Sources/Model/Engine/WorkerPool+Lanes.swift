internal import Streaming
internal import Synchronization

extension WorkerPool {
    /// Calls `body(index, lane)` once for each index; calls with the same lane (below `threads`) never overlap in
    /// time, so
    /// a lane may own scratch memory. Which lane gets which index is open.
    func parallelForLanes(_ count: Int, _ body: @Sendable (_ index: Int, _ lane: Int) -> Void) {
        let cursor = Atomic<Int>(0)
        parallelFor(min(threads, count)) { lane in
            while true {
                let index = cursor.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index, lane)
            }
        }
    }
}
