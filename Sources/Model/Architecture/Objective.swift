/// Something to be learnt from the encoder's output, beside what the model's head learns.
public protocol Objective: Sendable {
    /// How many predictions a batch asks for; the loss is a mean over those of the global batch.
    func count(_ batch: RaggedBatch) -> Int

    /// The loss of a batch, summed over its predictions.
    ///
    /// With a gradient [T, H], the gradient of `scale` × the sum is added to it and to the parameters' gradients.
    /// - Parameter hidden: the encoder's output, [T, H].
    func loss(
        _ hidden: MatrixView, _ batch: RaggedBatch, scale: Float, gradient: MatrixView?, _ pass: Pass
    ) -> ObjectiveSums
}

/// Sums over a batch, not means.
public struct ObjectiveSums: Sendable, Equatable {
    /// The loss, in nats where it is a cross entropy.
    public var loss: Double
    /// Predictions.
    public var count: Int
    /// Predictions that were right; 0 where there is no such thing.
    public var correct: Int

    /// Creates sums.
    public init(loss: Double = 0, count: Int = 0, correct: Int = 0) {
        self.loss = loss
        self.count = count
        self.correct = correct
    }

    /// Adds another batch's sums.
    public static func += (left: inout ObjectiveSums, right: ObjectiveSums) {
        left.loss += right.loss
        left.count += right.count
        left.correct += right.correct
    }
}
