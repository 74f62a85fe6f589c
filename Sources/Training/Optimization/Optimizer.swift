internal import CKernels
public import Model

/// Something that an optimiser keeps for each parameter, laid out as the parameters are.
public struct OptimizerMoment {
    /// Its name in a checkpoint, as in `first_moment`.
    public var name: String
    /// One number for each parameter.
    public var buffer: FloatBuffer

    /// Names a buffer.
    public init(name: String, buffer: FloatBuffer) {
        self.name = name
        self.buffer = buffer
    }
}

/// What changes the parameters by their gradients.
public protocol Optimizer: AnyObject {
    /// What it keeps from step to step and a checkpoint must hold.
    var moments: [OptimizerMoment] { get }
    /// Updates made; set when a checkpoint is loaded.
    var step: Int { get set }
    /// Takes one step. The gradients are left in an undefined state.
    /// - Parameter rate: the learning rate of this step.
    func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double)
}

/// An optimiser that scales the gradients on the way and sets them to zero, so that clipping costs no pass of its own.
public protocol ScalingOptimizer: Optimizer {
    /// Takes one step. The gradients are zero afterwards.
    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - scale: what the gradients are multiplied by first, such as a clipping's factor.
    func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double, scale: Float)
}

extension ScalingOptimizer {
    /// Takes one step with the gradients as they are.
    public func update(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Double) {
        update(parameters, gradients: gradients, rate: rate, scale: 1)
    }
}

/// Which optimiser, and its constants.
public struct OptimizerSettings: Sendable, Equatable, Codable {
    /// The optimisers there are.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamw
        /// Layer-wise adaptive rates for large batches (You et al. 2020).
        case lamb
        /// Gradient descent with momentum.
        case sgd
    }

    /// Which one.
    public var kind: Kind
    /// Decay of the weights, not of biases and LayerNorm.
    public var weightDecay: Double
    /// Decay of the first moment.
    public var beta1: Double
    /// Decay of the second moment.
    public var beta2: Double
    /// Added to the root of the second moment.
    public var epsilon: Double
    /// LAMB: biases and LayerNorm take Adam's step, as in Google's released optimiser; otherwise the paper's.
    public var excludesFromRatio: Bool
    /// Adam and LAMB: whether the moments are corrected for their start at zero; BERT's original optimiser did not.
    public var correctsBias: Bool
    /// SGD: the share of the last step that goes on.
    public var momentum: Double

    /// BERT's constants.
    public init(
        kind: Kind = .adamw, weightDecay: Double = 0.01, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-6, excludesFromRatio: Bool = false, correctsBias: Bool = true, momentum: Double = 0.9
    ) {
        self.kind = kind
        self.weightDecay = weightDecay
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.excludesFromRatio = excludesFromRatio
        self.correctsBias = correctsBias
        self.momentum = momentum
    }

    /// An optimiser at step 0 for these parameters.
    public func make(_ blocks: ParameterBlocks) -> any Optimizer {
        switch kind {
        case .adamw: AdamW(settings: self, blocks: blocks)
        case .lamb: Lamb(settings: self, blocks: blocks)
        case .sgd: SGD(settings: self, blocks: blocks)
        }
    }

    /// The constants of step `step` (from 1) as the kernels need them.
    ///
    /// The bias corrections are those of the betas as the kernels see them, rounded to single precision: 1 - beta2 is
    /// small, and its rounding would otherwise show in every step.
    func constants(step: Int, rate: Double, decays: Bool, scale: Float) -> ck_optimizer_step {
        ck_optimizer_step(
            learning_rate: Float(rate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
            weight_decay: decays ? Float(weightDecay) : 0,
            bias1: correctsBias ? Float(1 - power(Double(Float(beta1)), step)) : 1,
            bias2: correctsBias ? Float(1 - power(Double(Float(beta2)), step)) : 1, gradient_scale: scale)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        // By squaring: the same bits everywhere, which a library's pow does not promise.
        var (result, factor, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= factor }
            factor *= factor
            left >>= 1
        }
        return result
    }
}
