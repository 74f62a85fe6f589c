internal import CKernels
public import Model

/// Stochastic gradient descent with momentum (Sutskever 2013, as PyTorch writes it).
///
/// g = g + decay w; m = momentum m + g; w = w - rate m.
public final class SGD: Optimizer {
    /// The running sum of the gradients.
    public let momentum: FloatBuffer
    /// Updates made so far.
    public var step = 0
    /// `momentum`, as a checkpoint names it.
    public var moments: [OptimizerMoment] { [OptimizerMoment(name: "momentum", buffer: momentum)] }
    private let settings: OptimizerSettings
    private let blocks: ParameterBlocks

    /// An optimiser at step 0.
    public init(settings: OptimizerSettings, blocks: ParameterBlocks) {
        self.settings = settings
        self.blocks = blocks
        momentum = FloatBuffer(count: blocks.count)
    }

    /// One update with the gradients at this rate.
    public func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double) {
        step += 1
        let kernel = ck_active().pointee.sgd
        let m = momentum
        let (share, decay) = (Float(settings.momentum), Float(settings.weightDecay))
        blocks.forEach { block in
            let offset = block.range.lowerBound
            kernel(
                parameters.base + offset, gradients.base + offset, m.base + offset, block.range.count, Float(rate),
                share, block.decays ? decay : 0)
        }
    }
}
