/// The processes that train one model together, each a *rank* with a part of every batch.
///
/// All ranks make the same calls in the same order; a call returns when every rank has made it. Calls are made on one
/// thread only, the one that runs the training loop. Sums are the same bits on every rank.
public protocol Communicator: AnyObject {
    /// This process's number, 0..<size.
    var rank: Int { get }
    /// The number of processes.
    var size: Int { get }
    /// Replaces `values` by their sum over all ranks.
    func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(Failure)
    /// The sum of `values` over all ranks, element by element.
    func sum(_ values: [Double]) throws(Failure) -> [Double]
    /// Gives every rank the root's bytes; the others pass as many of their own.
    func broadcast(_ bytes: [UInt8], from root: Int) throws(Failure) -> [UInt8]
    /// Returns when every rank has called it.
    func barrier() throws(Failure)
}

extension Communicator {
    /// Whether this rank writes files and tells progress.
    public var isRoot: Bool { rank == 0 }

    /// Gives every rank the root's number.
    public func broadcast(_ value: Int, from root: Int = 0) throws(Failure) -> Int {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        let received = try broadcast(bytes, from: root)
        return received.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    }

    /// Whether `flag` is set on any rank; all ranks get the same answer.
    public func any(_ flag: Bool) throws(Failure) -> Bool { try sum([flag ? 1.0 : 0.0])[0] > 0 }

    /// Runs `body` on the root alone, makes the others wait, and lets all fail when it failed.
    ///
    /// The failure's text reaches every rank, so no rank waits for a root that has given up.
    public func onRoot(_ body: () throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        if isRoot {
            do { try body() } catch { failure = error }
        }
        guard try any(failure != nil) else { return }
        if let failure { throw failure }
        throw Failure(.unavailable, "rank 0 has failed; its message says why")
    }
}

/// One process alone: sums are what they were.
public final class SingleProcess: Communicator {
    /// Always 0.
    public let rank = 0
    /// Always 1.
    public let size = 1

    /// Creates it.
    public init() {}

    /// Leaves the values as they are.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws(Failure) {}
    /// Leaves the values as they are.
    public func sum(_ values: [Double]) throws(Failure) -> [Double] { values }
    /// Gives the bytes back.
    public func broadcast(_ bytes: [UInt8], from root: Int) throws(Failure) -> [UInt8] { bytes }
    /// Nothing to wait for.
    public func barrier() throws(Failure) {}
}
