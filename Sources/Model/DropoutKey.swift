internal import Streaming

/// Names the dropout draws of one step.
///
/// A draw is a function of (seed, step, the sequence's number in the global batch, layer, position, column): cutting a
/// batch among ranks or micro-batches changes no draw as long as `firstSequence` counts on.
public struct DropoutKey: Sendable, Equatable {
    /// The run's seed.
    public var seed: UInt64
    /// The optimiser's step.
    public var step: UInt64
    /// The number, in the global batch, of the first sequence of the batch at hand.
    public var firstSequence: UInt64

    /// Creates a key.
    public init(seed: UInt64, step: UInt64, firstSequence: UInt64 = 0) {
        self.seed = seed
        self.step = step
        self.firstSequence = firstSequence
    }

    /// The Philox key of the batch's sequence `index`.
    func philoxKey(sequence index: Int) -> UInt64 {
        let sequence = Philox.mix(firstSequence &+ UInt64(index) &+ 0xA076_1D64_78BD_642F)
        return Philox.mix(seed ^ Philox.mix(step &+ sequence))
    }
}
