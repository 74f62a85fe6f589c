public import Model
public import Training

/// Lion (Chen and others 2023): a step of the same length for every number, in the direction of a running mean.
///
/// c = b1 m + (1-b1) g; w = w (1 - rate decay) - rate sign(c); m = b2 m + (1-b2) g.
public final class Lion: Optimizer {
    /// Running means of the gradients.
    public let mean: FloatBuffer
    /// Updates made so far.
    public var step = 0
    /// `mean`, as a checkpoint names it.
    public var moments: [OptimizerMoment] { [OptimizerMoment(name: "mean", buffer: mean)] }
    private let blocks: ParameterBlocks
    private let betas: (Float, Float)
    private let decay: Float

    /// An optimiser at step 0.
    public init(_ blocks: ParameterBlocks, betas: (Float, Float) = (0.9, 0.99), decay: Float = 0.1) {
        (self.blocks, self.betas, self.decay) = (blocks, betas, decay)
        mean = FloatBuffer(count: blocks.count)
    }

    /// One update with the gradients at this rate, on all threads.
    public func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double) {
        step += 1
        let (b1, b2) = betas
        let (rate, decay, mean) = (Float(rate), decay, mean)
        blocks.forEach { block in
            let kept = block.decays ? 1 - rate * decay : 1
            for index in block.range {
                let (g, m) = (gradients.base[index], mean.base[index])
                let direction = b1 * m + (1 - b1) * g
                let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : 0
                parameters.base[index] = kept * parameters.base[index] - rate * sign
                mean.base[index] = b2 * m + (1 - b2) * g
            }
        }
    }
}
