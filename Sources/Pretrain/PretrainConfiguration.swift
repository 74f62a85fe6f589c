public import Model
public import Streaming
public import Training

internal import Foundation

/// What a pretraining run does, apart from its data and its output.
public struct PretrainConfiguration: Codable, Sendable, Equatable {
    /// A preset's name (tiny, mini, small, medium, base, large), or the path of a config.json or its folder.
    public var model = "mini"
    /// A Hugging Face BERT folder to begin with; it then also gives the shape, and `model` is not used.
    public var initial: String?
    /// Optimiser steps.
    public var steps = 10_000
    /// Which of the shards' sequence lengths to train on; nil where they have but one.
    public var sequenceLength: Int?
    /// Sequences of a step, over all ranks and micro-batches.
    public var globalBatch = 32
    /// Sequences that go through the model at once; 0 lets the memory of about 4,096 tokens decide.
    public var microBatch = 0
    /// The peak learning rate; nil takes the preset's.
    public var learningRate: Double?
    /// Steps of warm-up; nil takes a tenth of the steps.
    public var warmupSteps: Int?
    /// What follows the warm-up.
    public var schedule = LearningRateSchedule.Shape.linear
    /// Which optimiser.
    public var optimizer = OptimizerSettings.Kind.adamw
    /// Decay of the weights.
    public var weightDecay = 0.01
    /// Adam and LAMB: decay of the first moment.
    public var beta1 = 0.9
    /// Adam and LAMB: decay of the second moment.
    public var beta2 = 0.999
    /// Adam and LAMB: what is added to the root of the second moment.
    public var epsilon = 1e-6
    /// Adam and LAMB: whether the moments are corrected for their start at zero.
    public var correctsBias = true
    /// SGD: the share of the last step that goes on.
    public var momentum = 0.9
    /// Steps of the schedule over all phases; nil takes this run's.
    public var scheduleSteps: Int?
    /// Steps that phases before this run have taken.
    public var scheduleOffset = 0
    /// The rate at the end, for the shapes that fall to one.
    public var finalLearningRate = 0.0
    /// The exponent of the polynomial shape.
    public var power = 1.0
    /// The exponential shape multiplies the rate by this every `decaySteps` steps.
    public var decayRate = 0.9
    /// The steps in which the exponential shape multiplies the rate by `decayRate`.
    public var decaySteps = 250
    /// Seconds after which the run ends, wherever it is.
    public var timeBudget: Double?
    /// Sequences of the first step of a growing batch; nil for `globalBatch`.
    public var batchWarmupFrom: Int?
    /// The steps in which the batch grows to `globalBatch`.
    public var batchWarmupSteps = 0
    /// A gradient of so many times the usual norm is a spike, whose step is skipped; 0 looks for none.
    public var spikeFactor = 10.0
    /// Bad steps in a row after which the run goes back to its last checkpoint.
    public var maxBadSteps = 10
    /// The largest norm of a gradient; 0 for no limit.
    public var clip = 1.0
    /// Dropout of all kinds; nil keeps what the model's shape says.
    public var dropout: Double?
    /// Names every draw: initial weights, order, masks, dropout.
    public var seed: UInt64 = 12345
    /// Steps between checkpoints.
    public var checkpointEvery = 1_000
    /// Checkpoints to keep.
    public var keepCheckpoints = 2
    /// Steps between validations; 0 for the first and the last alone.
    public var validateEvery = 1_000
    /// Validation instances to use at most.
    public var validationInstances = 1_000
    /// The numbers products are made of.
    public var precision = Precision.fp32
    /// What computes the products.
    public var blas = ProductLibrary.auto
    /// Whether backward computes each layer again instead of keeping its activations.
    public var recompute = false
    /// Threads of this rank; 0 for its share of the cores.
    public var threads = 0

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case model
        case initial = "init"
        case steps
        case sequenceLength = "sequence_length"
        case globalBatch = "global_batch"
        case microBatch = "micro_batch"
        case learningRate = "learning_rate"
        case warmupSteps = "warmup_steps"
        case schedule, optimizer
        case weightDecay = "weight_decay"
        case beta1, beta2, epsilon, momentum, power
        case correctsBias = "bias_correction"
        case scheduleSteps = "schedule_steps"
        case scheduleOffset = "schedule_offset"
        case finalLearningRate = "final_learning_rate"
        case decayRate = "decay_rate"
        case decaySteps = "decay_steps"
        case timeBudget = "time_budget"
        case batchWarmupFrom = "batch_warmup_from"
        case batchWarmupSteps = "batch_warmup_steps"
        case spikeFactor = "spike_factor"
        case maxBadSteps = "max_bad_steps"
        case clip, dropout, seed
        case checkpointEvery = "checkpoint_every"
        case keepCheckpoints = "keep_checkpoints"
        case validateEvery = "validate_every"
        case validationInstances = "validation_instances"
        case precision, blas, recompute, threads
    }

    /// Decodes what is given; every absent key keeps its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func set<Value: Decodable>(_ field: inout Value, _ key: CodingKeys) throws {
            if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
        }
        try set(&model, .model)
        initial = try values.decodeIfPresent(String.self, forKey: .initial)
        try set(&steps, .steps)
        sequenceLength = try values.decodeIfPresent(Int.self, forKey: .sequenceLength)
        try set(&globalBatch, .globalBatch)
        try set(&microBatch, .microBatch)
        learningRate = try values.decodeIfPresent(Double.self, forKey: .learningRate)
        warmupSteps = try values.decodeIfPresent(Int.self, forKey: .warmupSteps)
        try set(&schedule, .schedule)
        try set(&optimizer, .optimizer)
        try set(&weightDecay, .weightDecay)
        try set(&beta1, .beta1)
        try set(&beta2, .beta2)
        try set(&epsilon, .epsilon)
        try set(&momentum, .momentum)
        try set(&power, .power)
        try set(&correctsBias, .correctsBias)
        scheduleSteps = try values.decodeIfPresent(Int.self, forKey: .scheduleSteps)
        try set(&scheduleOffset, .scheduleOffset)
        try set(&finalLearningRate, .finalLearningRate)
        try set(&decayRate, .decayRate)
        try set(&decaySteps, .decaySteps)
        timeBudget = try values.decodeIfPresent(Double.self, forKey: .timeBudget)
        batchWarmupFrom = try values.decodeIfPresent(Int.self, forKey: .batchWarmupFrom)
        try set(&batchWarmupSteps, .batchWarmupSteps)
        try set(&spikeFactor, .spikeFactor)
        try set(&maxBadSteps, .maxBadSteps)
        try set(&clip, .clip)
        dropout = try values.decodeIfPresent(Double.self, forKey: .dropout)
        try set(&seed, .seed)
        try set(&checkpointEvery, .checkpointEvery)
        try set(&keepCheckpoints, .keepCheckpoints)
        try set(&validateEvery, .validateEvery)
        try set(&validationInstances, .validationInstances)
        try set(&precision, .precision)
        try set(&blas, .blas)
        try set(&recompute, .recompute)
        try set(&threads, .threads)
    }

    /// The peak learning rate: as given, or one that suits the preset (smaller models take larger ones).
    public var resolvedLearningRate: Double {
        if let learningRate { return learningRate }
        guard initial == nil else { return 1e-4 }
        switch model {
        case "tiny": return 1e-3
        case "mini": return 5e-4
        case "small", "medium": return 3e-4
        default: return 1e-4
        }
    }

    /// Steps of the schedule: as given, or the run's.
    public var resolvedScheduleSteps: Int { scheduleSteps ?? scheduleOffset + steps }

    /// Steps of warm-up: as given, or a tenth of the schedule's steps.
    public var resolvedWarmupSteps: Int { warmupSteps ?? resolvedScheduleSteps / 10 }

    /// The optimiser and its constants.
    public var optimizerSettings: OptimizerSettings {
        OptimizerSettings(
            kind: optimizer, weightDecay: weightDecay, beta1: beta1, beta2: beta2, epsilon: epsilon,
            correctsBias: correctsBias, momentum: momentum)
    }

    /// The learning rate of each step.
    public var resolvedSchedule: LearningRateSchedule {
        LearningRateSchedule(
            shape: schedule, peak: resolvedLearningRate, warmupSteps: resolvedWarmupSteps,
            totalSteps: resolvedScheduleSteps, offset: scheduleOffset, final: finalLearningRate, power: power,
            decayRate: decayRate, decaySteps: decaySteps)
    }

    /// How the model computes, on this processor: fp32 where bf16 would have to be imitated.
    public var arithmetic: Arithmetic {
        let precision = precision == .bf16 && !Arithmetic.hasFastHalf ? .fp32 : precision
        return Arithmetic(precision: precision, library: blas, recomputesLayers: recompute).resolved
    }

    /// Refuses values outside their ranges.
    public func validate() throws(Failure) {
        func need(_ holds: Bool, _ message: String) throws(Failure) {
            if !holds { throw Failure(.usage, message, remedy: "correct the option") }
        }
        try need((1...1_000_000_000).contains(steps), "the steps must be 1 or more, not \(steps)")
        try need((1...1 << 20).contains(globalBatch), "the global batch must be 1 to 1048576, not \(globalBatch)")
        try need((0...1 << 20).contains(microBatch), "the micro-batch must be 0 to 1048576, not \(microBatch)")
        let rate = resolvedLearningRate
        try need(rate > 0 && rate.isFinite, "the learning rate must be above 0, not \(rate)")
        try need(
            (0...resolvedScheduleSteps).contains(resolvedWarmupSteps),
            "the warm-up must be 0 to \(resolvedScheduleSteps) steps, not \(resolvedWarmupSteps)")
        try need(
            scheduleOffset >= 0 && resolvedScheduleSteps >= scheduleOffset + steps,
            "the schedule must have the \(scheduleOffset) steps before this run and its \(steps), not "
                + "\(resolvedScheduleSteps)")
        try need(
            finalLearningRate >= 0 && finalLearningRate <= rate,
            "the final learning rate must be 0 to the peak, not \(finalLearningRate)")
        try need(power > 0 && power.isFinite, "the power must be above 0, not \(power)")
        try need(decayRate > 0 && decayRate <= 1, "the decay rate must be above 0 and 1 at most, not \(decayRate)")
        try need(decaySteps >= 1, "the decay steps must be 1 or more, not \(decaySteps)")
        try need((timeBudget ?? 1) > 0, "the time budget must be above 0, not \(timeBudget ?? 0)")
        try need(schedule != .budget || timeBudget != nil, "the budget schedule needs a --time-budget")
        try need((0..<1).contains(beta1) && (0..<1).contains(beta2), "the betas must be 0 or more and below 1")
        try need(epsilon > 0 && epsilon.isFinite, "epsilon must be above 0, not \(epsilon)")
        try need((0..<1).contains(momentum), "the momentum must be 0 or more and below 1, not \(momentum)")
        try need((0...1_000_000).contains(batchWarmupSteps), "the batch must grow in 0 to 1000000 steps")
        try need(
            (1...globalBatch).contains(batchWarmupFrom ?? 1),
            "the batch must grow from 1 to \(globalBatch) sequences, not \(batchWarmupFrom ?? 0)")
        try need(
            spikeFactor == 0 || spikeFactor > 1 && spikeFactor.isFinite, "the spike factor must be 0 or above 1")
        try need(maxBadSteps >= 1, "1 bad step or more must be allowed, not \(maxBadSteps)")
        try need(
            weightDecay >= 0 && weightDecay < 1, "the weight decay must be 0 or more and below 1, not \(weightDecay)")
        try need(clip >= 0 && clip.isFinite, "the limit of the gradient's norm must be 0 or more, not \(clip)")
        try need((dropout ?? 0) >= 0 && (dropout ?? 0) < 1, "the dropout must be 0 or more and below 1")
        try need(checkpointEvery >= 1, "checkpoints must be 1 step or more apart, not \(checkpointEvery)")
        try need(keepCheckpoints >= 1, "1 checkpoint or more must be kept, not \(keepCheckpoints)")
        try need(validateEvery >= 0, "validations must be 0 steps or more apart, not \(validateEvery)")
        try need(validationInstances >= 0, "the validation instances must be 0 or more, not \(validationInstances)")
        try need((0...4096).contains(threads), "the threads must be 0 to 4096, not \(threads)")
    }
}
