internal import CKernels
public import Streaming

/// BERT (Devlin et al.
///
/// 2018): parameters, gradients, and what is computed with them, in fp32 or with bf16 products.
///
/// Used from one thread at a time; the work of each call is shared by `threads` threads. Results do not depend on
/// their number. Every batch must pass `RaggedBatch.validate`; a batch that does not ends the program.
public final class BertModel {
    /// The model's shape.
    public let configuration: BertConfiguration
    /// What sits on top.
    public let head: ModelHead
    /// How it computes.
    public let arithmetic: Arithmetic
    /// Where each parameter lies in `parameters` and in `gradients`.
    public let layout: ParameterLayout
    /// All parameters, flat.
    public let parameters: FloatBuffer
    /// The gradient of each parameter, at the same place; `forwardBackward` adds to it until it is zeroed.
    public let gradients: FloatBuffer
    /// The threads; optimisers may use them between calls.
    public let pool: WorkerPool

    /// Names and weights of the objectives beside the head's (`Architecture`).
    public let objectives: [ObjectiveDesign]

    let engine: Engine
    let encoder: EncoderStack
    let pooler: Pooler?
    let maskedHead: MaskedLanguageModelHead?
    let sequenceHead: SequenceHead?
    let ownObjectives: [any Objective]

    /// A model with all parameters zero: `initialize`, `loadPretrained` or `load` fills them.
    /// - Parameters:
    ///   - threads: threads at work in each call, the calling one included.
    ///   - architecture: layers and objectives of your own.
    public convenience init(
        configuration: BertConfiguration, head: ModelHead, threads: Int, arithmetic: Arithmetic = Arithmetic(),
        architecture: Architecture = Architecture()
    ) throws(Failure) {
        try self.init(
            configuration: configuration, head: head, threads: threads, arithmetic: arithmetic,
            architecture: architecture, kernels: ck_active().pointee)
    }

    /// The same with kernels of another instruction set, for tests.
    init(
        configuration: BertConfiguration, head: ModelHead, threads: Int, arithmetic: Arithmetic = Arithmetic(),
        architecture: Architecture = Architecture(), kernels: ck_kernels
    ) throws(Failure) {
        let configuration = try architecture.claim(configuration)
        try configuration.validate()
        if case .classification(let labels) = head, labels < 1 {
            throw Failure(.badData, "a classifier with \(labels) labels", remedy: "give at least one label")
        }
        let products = try arithmetic.products(kernels)
        self.arithmetic = arithmetic.resolved
        self.configuration = configuration
        self.head = head
        var parts = OwnParts()
        layout = ParameterLayout(configuration: configuration, head: head, architecture, &parts)
        (objectives, ownObjectives) = (architecture.objectives, parts.objectives)
        parameters = try FloatBuffer(checking: layout.count)
        gradients = try FloatBuffer(checking: layout.count)
        pool = WorkerPool(threads: threads)
        engine = Engine(pool: pool, kernels: kernels, products: products, arena: ActivationArena())
        let views = ParameterViews(
            layout: layout, parameters: parameters, gradients: gradients, epsilon: Float(configuration.layerNormEpsilon)
        )
        let builder = NetworkBuilder(configuration: configuration, head: head, views: views, parts: parts)
        encoder = builder.encoder
        pooler = builder.pooler
        maskedHead = builder.maskedHead
        sequenceHead = builder.sequenceHead
    }

    deinit { pool.stop() }

    /// Sums over a batch, not means: divide by the counts.
    public struct LossSums: Sendable, Equatable {
        /// Cross entropy of the masked tokens, in nats.
        public var maskedLoss = 0.0
        /// Masked tokens.
        public var maskedCount = 0
        /// Masked tokens whose true id had the largest logit.
        public var maskedCorrect = 0
        /// Cross entropy, or squared error, of the sequences.
        public var sequenceLoss = 0.0
        /// Sequences with a label or target.
        public var sequenceCount = 0
        /// Sequences whose label had the largest logit; 0 in a regression.
        public var sequenceCorrect = 0

        /// One for each objective of your own.
        public var objectives: [ObjectiveSums] = []

        /// All zero.
        public init() {}

        /// Adds another batch's sums.
        public static func += (left: inout LossSums, right: LossSums) {
            left.maskedLoss += right.maskedLoss
            left.maskedCount += right.maskedCount
            left.maskedCorrect += right.maskedCorrect
            left.sequenceLoss += right.sequenceLoss
            left.sequenceCount += right.sequenceCount
            left.sequenceCorrect += right.sequenceCorrect
            left.objectives += right.objectives.dropFirst(left.objectives.count)
                .map { _ in ObjectiveSums() }
            for (index, sums) in right.objectives.enumerated() { left.objectives[index] += sums }
        }
    }

    /// Bytes of scratch memory held at the moment.
    public var activationBytes: Int { engine.arena.bytes }

    /// How many predictions each objective of your own asks of a batch.
    public func objectiveCounts(_ batch: RaggedBatch) -> [Int] { ownObjectives.map { $0.count(batch) } }

    /// A pass over a batch that lies in the arena.
    func pass(_ batch: PlannedBatch) -> Pass {
        Pass(engine: engine, batch: batch, parameters: parameters.base, gradients: gradients.base)
    }

    func check(_ batch: RaggedBatch) {
        do throws(Failure) {
            try batch.validate(configuration, head: head)
        } catch {
            preconditionFailure("a batch that was not validated: \(error)")
        }
    }
}
