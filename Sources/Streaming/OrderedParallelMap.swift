/// Maps a pulled sequence over worker threads and hands the results on in the order of the input.
///
/// `source` and `consume` run on the calling thread, `transform` on `jobs` threads of its own (so it may block).
/// At most `window` items are under way, which bounds memory. The outcome does not depend on `jobs`. The first error
/// of any of the three, in input order, ends the map and is thrown once every running item has ended.
/// - Parameters:
///   - jobs: worker threads, at least 1.
///   - window: items under way at most; 0 means four for each job.
///   - source: gives the next item, nil at the end.
///   - transform: makes an output of an item.
///   - consume: takes the outputs, in order.
public func orderedParallelMap<Input: Sendable, Output: Sendable>(
    jobs: Int, window: Int = 0,
    source: () throws -> Input?,
    transform: @escaping @Sendable (Input) throws -> Output,
    consume: (Output) throws -> Void
) throws {
    let crew = ThreadCrew(threads: jobs)
    defer { crew.stop() }
    try orderedParallelMap(on: crew, window: window, source: source, transform: transform, consume: consume)
}

/// The same on the threads of a crew that other stages work on too.
///
/// When `source` waits for another stage of the crew, that stage must be `.feeding`.
public func orderedParallelMap<Input: Sendable, Output: Sendable>(
    on crew: ThreadCrew, window: Int = 0,
    source: () throws -> Input?,
    transform: @escaping @Sendable (Input) throws -> Output,
    consume: (Output) throws -> Void
) throws {
    let stage = OrderedStage(crew, capacity: window > 0 ? window : 4 * crew.threads, transform: transform)
    var ended = false
    var sourceError: (any Error)?
    while true {
        try Cancellation.check()
        while !ended, stage.hasRoom {
            do {
                if let item = try source() { stage.submit(item) } else { ended = true }
            } catch {
                // What was pulled before is consumed first, so that the outcome does not depend on the window.
                (sourceError, ended) = (error, true)
            }
        }
        guard let output = try stage.takeFirst() else {
            if let sourceError { throw sourceError }
            return
        }
        try consume(output)
    }
}
