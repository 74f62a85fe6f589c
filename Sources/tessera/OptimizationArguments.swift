public import ArgumentParser
import Pretrain
public import Training

extension LearningRateSchedule.Shape: ExpressibleByArgument {}
extension OptimizerSettings.Kind: ExpressibleByArgument {}

/// A stretch of time as a user writes it: `90`, `90s`, `30m`, `24h`, `2d`.
struct TimeSpan: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let unit = argument.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? argument[...] : argument.dropLast()), number > 0, number.isFinite else {
            return nil
        }
        seconds = number * (unit ?? 1)
    }
}

/// How a pretraining run changes its weights.
struct OptimizationArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Peak learning rate; the default suits the model.", valueName: "rate"))
    var learningRate: Double?

    @Option(help: ArgumentHelp("Steps of warm-up; the default is a tenth of the schedule.", valueName: "n"))
    var warmupSteps: Int?

    @Option(help: "What follows the warm-up.")
    var schedule: LearningRateSchedule.Shape = .linear

    @Option(help: ArgumentHelp("The rate at the end of linear, cosine, polynomial and budget.", valueName: "rate"))
    var finalLearningRate = 0.0

    @Option(help: ArgumentHelp("Steps of the schedule over all phases; the default is this run's.", valueName: "n"))
    var scheduleSteps: Int?

    @Option(help: ArgumentHelp("Steps of the schedule that earlier phases have taken.", valueName: "n"))
    var scheduleOffset = 0

    @Option(help: ArgumentHelp("The exponent of polynomial.", valueName: "number"))
    var power = 1.0

    @Option(help: ArgumentHelp("exponential: the rate's factor for each --decay-steps.", valueName: "factor"))
    var decayRate = 0.9

    @Option(help: ArgumentHelp("exponential: the steps of one --decay-rate.", valueName: "n"))
    var decaySteps = 250

    @Option(help: ArgumentHelp("End after this time (90, 30m, 24h), whatever --steps says.", valueName: "time"))
    var timeBudget: TimeSpan?

    @Option(help: "The optimiser.")
    var optimizer: OptimizerSettings.Kind = .adamw

    @Option(help: ArgumentHelp("Decay of the weights, biases and LayerNorm excepted.", valueName: "rate"))
    var weightDecay = 0.01

    @Option(help: ArgumentHelp("adamw, lamb: decay of the first moment.", valueName: "share"))
    var beta1 = 0.9

    @Option(help: ArgumentHelp("adamw, lamb: decay of the second moment.", valueName: "share"))
    var beta2 = 0.999

    @Option(help: ArgumentHelp("adamw, lamb: added to the root of the second moment.", valueName: "number"))
    var epsilon = 1e-6

    @Flag(
        inversion: .prefixedNo,
        help: "adamw, lamb: correct the moments for their start at zero; BERT's original optimiser did not.")
    var biasCorrection = true

    @Option(help: ArgumentHelp("sgd: the share of the last step that goes on.", valueName: "share"))
    var momentum = 0.9

    @Option(help: ArgumentHelp("Largest norm of a gradient; 0 for no limit.", valueName: "norm"))
    var clip = 1.0

    @Option(help: ArgumentHelp("Steps in which the batch grows to --global-batch.", valueName: "n"))
    var batchWarmupSteps = 0

    @Option(help: ArgumentHelp("Sequences of the first step of a growing batch.", valueName: "n"))
    var batchWarmupFrom: Int?

    @Option(help: ArgumentHelp("Skip a step whose gradient is so many times the usual; 0 for never.", valueName: "n"))
    var spikeFactor = 10.0

    @Option(help: ArgumentHelp("Bad steps in a row that send the run back to its checkpoint.", valueName: "n"))
    var maxBadSteps = 10

    func fill(_ configuration: inout PretrainConfiguration) {
        configuration.learningRate = learningRate
        configuration.warmupSteps = warmupSteps
        configuration.schedule = schedule
        configuration.finalLearningRate = finalLearningRate
        configuration.scheduleSteps = scheduleSteps
        configuration.scheduleOffset = scheduleOffset
        configuration.power = power
        configuration.decayRate = decayRate
        configuration.decaySteps = decaySteps
        configuration.timeBudget = timeBudget?.seconds
        configuration.optimizer = optimizer
        configuration.weightDecay = weightDecay
        configuration.beta1 = beta1
        configuration.beta2 = beta2
        configuration.epsilon = epsilon
        configuration.correctsBias = biasCorrection
        configuration.momentum = momentum
        configuration.clip = clip
        configuration.batchWarmupSteps = batchWarmupSteps
        configuration.batchWarmupFrom = batchWarmupFrom
        configuration.spikeFactor = spikeFactor
        configuration.maxBadSteps = maxBadSteps
    }
}
