public import Model
public import Streaming

/// This rank's share of a global batch, cut into micro-batches.
public struct BatchShare: Sendable {
    /// The micro-batches, in the order of their sequences.
    public var microBatches: [RaggedBatch]
    /// The number, in the global batch, of each micro-batch's first sequence.
    public var firstSequences: [Int]

    /// Creates a share.
    public init(microBatches: [RaggedBatch], firstSequences: [Int]) {
        precondition(microBatches.count == firstSequences.count, "a first sequence for each micro-batch")
        self.microBatches = microBatches
        self.firstSequences = firstSequences
    }

    /// Masked positions, sequences with a label of their own, sequences, tokens, then the predictions of each objective
    /// of the model's own.
    func counts(_ model: BertModel) -> [Double] {
        let none = [Double](repeating: 0, count: 4 + model.objectives.count)
        return microBatches.reduce(into: none) { counts, batch in
            counts[0] += Double(batch.maskedRows.count)
            counts[1] += Double(max(batch.sequenceLabels.count, batch.sequenceTargets.count))
            counts[2] += Double(batch.sequences)
            counts[3] += Double(batch.rows)
            for (index, count) in model.objectiveCounts(batch).enumerated() { counts[4 + index] += Double(count) }
        }
    }
}

/// The means of an objective of the model's own.
public struct ObjectiveReport: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The factor of its mean loss in what is minimised.
    public var weight: Double
    /// Mean loss of its predictions.
    public var loss: Double
    /// Share of its predictions that were right.
    public var accuracy: Double
    /// Its predictions, over all ranks.
    public var count: Int
}

/// Means over a global batch, or over a set that was evaluated.
public struct LossReport: Sendable, Equatable {
    /// Mean cross-entropy of the masked tokens, in nats.
    public var maskedLoss = 0.0
    /// Share of the masked tokens that were predicted.
    public var maskedAccuracy = 0.0
    /// Mean loss of the sequences' labels.
    public var sequenceLoss = 0.0
    /// Share of the sequences whose label was predicted.
    public var sequenceAccuracy = 0.0
    /// Masked tokens and labelled sequences.
    public var maskedCount = 0
    /// Sequences with a label, over all ranks.
    public var sequenceCount = 0

    /// Those of the model's own objectives.
    public var objectives: [ObjectiveReport] = []

    /// What is minimised.
    public var loss: Double {
        objectives.reduce(maskedLoss + sequenceLoss) { $0 + $1.weight * $1.loss }
    }

    init(sums: [Double], _ designs: [ObjectiveDesign]) {
        let (masked, sequences) = (max(1, sums[1]), max(1, sums[4]))
        maskedLoss = sums[0] / masked
        maskedCount = Int(sums[1])
        maskedAccuracy = sums[2] / masked
        sequenceLoss = sums[3] / sequences
        sequenceCount = Int(sums[4])
        sequenceAccuracy = sums[5] / sequences
        objectives = designs.enumerated().map { index, design in
            let own = Array(sums[6 + 3 * index..<9 + 3 * index])
            let count = max(1, own[1])
            return ObjectiveReport(
                name: design.name, weight: design.weight, loss: own[0] / count, accuracy: own[2] / count,
                count: Int(own[1]))
        }
    }
}

/// What a step did.
public struct StepReport: Sendable, Equatable {
    /// The step, from 1.
    public var step: Int
    /// The learning rate it used.
    public var rate: Double
    /// Losses over the global batch.
    public var losses: LossReport
    /// The gradient's norm before clipping.
    public var gradientNorm: Double
    /// Why the weights were left as they are; nil for a step like any other.
    public var fault: String?
    /// Sequences and real tokens of the global batch.
    public var sequences: Int
    /// Real tokens, over all ranks.
    public var tokens: Int
}

/// One model, its optimiser and the ranks that train it: a step is forward, backward, sum over ranks, clip, update.
///
/// Losses are means over the *global* batch, and dropout is keyed by a sequence's number in it: how a batch is cut among
/// ranks changes a step by rounding only. One rank alone gives the same bits each time.
public final class Trainer {
    /// The model.
    public let model: BertModel
    /// Its optimiser.
    public let optimizer: any Optimizer
    /// The learning rate of each step.
    public let schedule: any RateSchedule
    /// Steps taken, skipped ones too.
    public private(set) var steps = 0
    /// What leaves out steps that would spoil the weights.
    public var watch: StepGuard
    /// The ranks.
    public let communicator: any Communicator
    private let blocks: ParameterBlocks
    private let clip: Double
    private let seed: UInt64
    private var gradientsAreZero = false

    /// - Parameters:
    ///   - clip: the largest norm of a gradient; 0 for no limit.
    ///   - seed: names the dropout draws.
    ///   - spikeFactor: see `StepGuard`; steps that are no numbers are skipped in any case.
    public convenience init(
        model: BertModel, settings: OptimizerSettings, schedule: any RateSchedule, clip: Double, seed: UInt64,
        communicator: any Communicator, spikeFactor: Double = 0
    ) {
        self.init(
            model: model, optimizer: settings.make, schedule: schedule, clip: clip, seed: seed,
            communicator: communicator, spikeFactor: spikeFactor)
    }

    /// A trainer with an optimiser of your own, which `optimizer` makes for the model's parameters.
    public init(
        model: BertModel, optimizer: (ParameterBlocks) -> any Optimizer, schedule: any RateSchedule, clip: Double,
        seed: UInt64, communicator: any Communicator, spikeFactor: Double = 0
    ) {
        self.model = model
        blocks = ParameterBlocks(layout: model.layout, pool: model.pool)
        self.optimizer = optimizer(blocks)
        self.schedule = schedule
        self.clip = clip
        self.seed = seed
        self.communicator = communicator
        watch = StepGuard(spikeFactor: spikeFactor)
    }

    /// Goes on as if `steps` steps had been taken, whose weights and moments are loaded.
    public func begin(after steps: Int, watch earlier: StepGuard?) {
        self.steps = steps
        watch = earlier ?? StepGuard(spikeFactor: watch.spikeFactor)
    }

    /// Takes the next step with this rank's share of a global batch.
    ///
    /// When the step is bad (`StepGuard`), the weights stay as they are, and the report says why.
    /// - Parameter time: the share of the time budget that is used, for schedules that go by it.
    public func step(_ share: BatchShare, time: Double = 0) throws(Failure) -> StepReport {
        let step = steps + 1
        let counts = try communicator.sum(share.counts(model))
        let scales = zip(model.objectives, counts[4...]).map { Float($0.weight / max(1, $1)) }
        if !gradientsAreZero { model.gradients.zero() }
        gradientsAreZero = false
        var sums = noSums
        var areZero = true
        for (batch, first) in zip(share.microBatches, share.firstSequences) {
            let key = DropoutKey(seed: seed, step: UInt64(step), firstSequence: UInt64(first))
            let part = model.forwardBackward(
                batch, maskedScale: Float(1 / max(1, counts[0])), sequenceScale: Float(1 / max(1, counts[1])),
                objectiveScales: scales, dropout: key, gradientsAreZero: areZero)
            areZero = false
            Trainer.add(part, to: &sums)
        }
        try communicator.sum(model.gradients.buffer)
        let losses = LossReport(sums: try communicator.sum(sums), model.objectives)
        let norm = blocks.norm(model.gradients)
        let rate = schedule.rate(step: step, time: time)
        let fault = watch.judge(loss: losses.loss, norm: norm)
        if fault == nil { update(rate: rate, norm: norm) }
        steps = step
        return StepReport(
            step: step, rate: rate, losses: losses, gradientNorm: norm, fault: fault, sequences: Int(counts[2]),
            tokens: Int(counts[3]))
    }

    /// Clips and updates; where the optimiser can, in one pass over the flat buffers that also sets the gradients to zero.
    private func update(rate: Double, norm: Double) {
        if let optimizer = optimizer as? any ScalingOptimizer {
            let scale = ParameterBlocks.clipping(norm, to: clip)
            optimizer.update(model.parameters, gradients: model.gradients, rate: rate, scale: scale)
            gradientsAreZero = true
        } else {
            if clip > 0 { blocks.clip(model.gradients, to: clip) }
            optimizer.update(model.parameters, gradients: model.gradients, rate: rate)
        }
    }

    /// Losses over the batches of all ranks, without dropout and without a step.
    public func evaluate(_ batches: [RaggedBatch]) throws(Failure) -> LossReport {
        var sums = noSums
        for batch in batches { Trainer.add(model.evaluate(batch), to: &sums) }
        return LossReport(sums: try communicator.sum(sums), model.objectives)
    }

    /// Six numbers of the head's objectives, three of each of the model's own.
    private var noSums: [Double] { [Double](repeating: 0, count: 6 + 3 * model.objectives.count) }

    /// Fails when the last `limit` steps were all bad.
    public func checkProgress(limit: Int, after report: StepReport) throws(Failure) {
        guard let fault = report.fault, watch.badInRow >= limit else { return }
        throw Failure(
            .badData, "the training diverged: \(watch.badInRow) bad steps in a row, the last with \(fault)",
            at: "step \(report.step)", remedy: "use a lower --learning-rate or a longer warm-up")
    }

    private static func add(_ part: BertModel.LossSums, to sums: inout [Double]) {
        sums[0] += part.maskedLoss
        sums[1] += Double(part.maskedCount)
        sums[2] += Double(part.maskedCorrect)
        sums[3] += part.sequenceLoss
        sums[4] += Double(part.sequenceCount)
        sums[5] += Double(part.sequenceCorrect)
        for (index, own) in part.objectives.enumerated() {
            sums[6 + 3 * index] += own.loss
            sums[7 + 3 * index] += Double(own.count)
            sums[8 + 3 * index] += Double(own.correct)
        }
    }
}
