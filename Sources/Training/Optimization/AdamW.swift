internal import CKernels
public import Model

/// Adam with decoupled weight decay and bias correction (Kingma and Ba 2015; Loshchilov and Hutter 2019, Algorithm 2).
///
/// m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²; w = w (1 - rate decay) - rate mh / (sqrt(vh) + epsilon), with
/// mh = m / (1 - b1^t), vh = v / (1 - b2^t).
public final class AdamW: ScalingOptimizer {
    /// Running means of the gradients.
    public let firstMoment: FloatBuffer
    /// Running means of their squares.
    public let secondMoment: FloatBuffer
    /// Updates made so far.
    public var step = 0
    /// `first_moment` and `second_moment`, as a checkpoint names them.
    public var moments: [OptimizerMoment] {
        [
            OptimizerMoment(name: "first_moment", buffer: firstMoment),
            OptimizerMoment(name: "second_moment", buffer: secondMoment),
        ]
    }
    private let settings: OptimizerSettings
    private let blocks: ParameterBlocks

    /// An optimiser at step 0.
    public init(settings: OptimizerSettings, blocks: ParameterBlocks) {
        self.settings = settings
        self.blocks = blocks
        firstMoment = FloatBuffer(count: blocks.count)
        secondMoment = FloatBuffer(count: blocks.count)
    }

    /// One update with the gradients, scaled, at this rate.
    public func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double, scale: Float) {
        step += 1
        let decaying = settings.constants(step: step, rate: rate, decays: true, scale: scale)
        let plain = settings.constants(step: step, rate: rate, decays: false, scale: scale)
        let kernel = ck_active().pointee.adamw
        let (m, v) = (firstMoment, secondMoment)
        blocks.forEach { block in
            let offset = block.range.lowerBound
            var constants = block.decays ? decaying : plain
            kernel(
                parameters.base + offset, gradients.base + offset, m.base + offset, v.base + offset, block.range.count,
                &constants)
        }
    }
}
