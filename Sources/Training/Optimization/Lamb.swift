internal import CKernels
public import Model

/// LAMB (You et al.
///
/// 2020, Algorithm 2, with phi(z) = z and bias correction): Adam's step, scaled for each tensor so
/// that its length is in proportion to the tensor's.
///
/// r = mh / (sqrt(vh) + epsilon); u = r + decay w; w = w - rate (|w| / |u|) u, the ratio being 1 when a norm is 0.
public final class Lamb: ScalingOptimizer {
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
    /// The ratios of the last step, one for each tensor of the layout.
    public private(set) var trustRatios: [Double]
    private let settings: OptimizerSettings
    private let blocks: ParameterBlocks
    private let excluded: [Bool]

    /// An optimiser at step 0.
    public init(settings: OptimizerSettings, blocks: ParameterBlocks) {
        self.settings = settings
        self.blocks = blocks
        excluded = blocks.decays.map { settings.excludesFromRatio && !$0 }
        trustRatios = [Double](repeating: 1, count: blocks.decays.count)
        firstMoment = FloatBuffer(count: blocks.count)
        secondMoment = FloatBuffer(count: blocks.count)
    }

    /// One update with the gradients, scaled, at this rate.
    public func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double, scale: Float) {
        step += 1
        trustRatios = ratios(directions(parameters, gradients, scale))
        let rates = trustRatios.map { Float(rate * $0) }
        let kernel = ck_active().pointee.apply_update
        blocks.forEach { block in
            let offset = block.range.lowerBound
            kernel(parameters.base + offset, gradients.base + offset, rates[block.tensor], block.range.count)
        }
    }

    /// Replaces the gradients by u; gives the square sums of w and u for each block.
    private func directions(_ parameters: FloatBuffer, _ gradients: FloatBuffer, _ scale: Float) -> [SIMD2<Double>] {
        let decaying = settings.constants(step: step, rate: 0, decays: true, scale: scale)
        let plain = settings.constants(step: step, rate: 0, decays: false, scale: scale)
        let kernel = ck_active().pointee.lamb_update
        let (m, v) = (firstMoment, secondMoment)
        return blocks.map(SIMD2<Double>.zero) { block in
            let offset = block.range.lowerBound
            var constants = block.decays ? decaying : plain
            var (weights, updates) = (0.0, 0.0)
            let gradient = gradients.base + offset
            kernel(
                parameters.base + offset, gradient, m.base + offset, v.base + offset, gradient, block.range.count,
                &constants, &weights, &updates)
            return SIMD2(weights, updates)
        }
    }

    private func ratios(_ squares: [SIMD2<Double>]) -> [Double] {
        var sums = [SIMD2<Double>](repeating: .zero, count: blocks.decays.count)
        for (block, square) in zip(blocks.blocks, squares) { sums[block.tensor] += square }
        return sums.indices.map { tensor in
            let sum = sums[tensor]
            return excluded[tensor] || sum.x == 0 || sum.y == 0 ? 1 : (sum.x / sum.y).squareRoot()
        }
    }
}
