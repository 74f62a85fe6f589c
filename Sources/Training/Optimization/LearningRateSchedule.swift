internal import Foundation

/// The learning rate as a function of how far a run has come.
public protocol RateSchedule: Sendable {
    /// The rate of step `step`, counted from 1.
    /// - Parameter time: the share of the time budget that is used, from 0 to 1; 0 when there is none.
    func rate(step: Int, time: Double) -> Double
}

/// A linear warm-up, then one of several shapes.
///
/// With several phases (128 tokens, then 512), `totalSteps` may count the steps of all, and `offset` those of the phases
/// before this run: the rate goes on where it stood.
public struct LearningRateSchedule: RateSchedule, Equatable, Codable {
    /// What follows the warm-up.
    public enum Shape: String, Sendable, Codable, CaseIterable {
        /// Straight down to the final rate at the last step (Devlin et al. 2019, A.2).
        case linear
        /// Always the peak.
        case constant
        /// Half a cosine down to the final rate at the last step.
        case cosine
        /// (share of steps left)^power of the way down to the final rate; power 1 is `linear`.
        case polynomial
        /// decayRate^(steps since the warm-up / decaySteps), without an end (AzureML-BERT's `warmup_exp_decay_exp`).
        case exponential
        /// Straight down to the final rate by the time that is used of a budget, not by steps.
        case budget
    }

    /// What follows the warm-up.
    public var shape: Shape
    /// The highest rate, reached at step `warmupSteps`.
    public var peak: Double
    /// Steps of warm-up, 0 for none.
    public var warmupSteps: Int
    /// The number of steps of the schedule.
    public var totalSteps: Int
    /// Steps that phases before this run have taken.
    public var offset: Int
    /// The rate at the last step, where the shape has one.
    public var final: Double
    /// The exponent of `polynomial`.
    public var power: Double
    /// `exponential`: what `decaySteps` steps multiply the rate by.
    public var decayRate: Double
    /// `exponential`: the steps that multiply the rate by `decayRate`.
    public var decaySteps: Int

    /// Creates a schedule.
    public init(
        shape: Shape = .linear, peak: Double, warmupSteps: Int, totalSteps: Int, offset: Int = 0, final: Double = 0,
        power: Double = 1, decayRate: Double = 0.9, decaySteps: Int = 250
    ) {
        self.shape = shape
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
        self.offset = offset
        self.final = final
        self.power = power
        self.decayRate = decayRate
        self.decaySteps = decaySteps
    }

    private enum CodingKeys: String, CodingKey {
        case shape, peak, warmupSteps, totalSteps, offset, final, power, decayRate, decaySteps
    }

    /// Decodes what is given; what earlier versions did not write keeps its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            shape: try values.decode(Shape.self, forKey: .shape), peak: try values.decode(Double.self, forKey: .peak),
            warmupSteps: try values.decode(Int.self, forKey: .warmupSteps),
            totalSteps: try values.decode(Int.self, forKey: .totalSteps))
        if let value = try values.decodeIfPresent(Int.self, forKey: .offset) { offset = value }
        if let value = try values.decodeIfPresent(Double.self, forKey: .final) { final = value }
        if let value = try values.decodeIfPresent(Double.self, forKey: .power) { power = value }
        if let value = try values.decodeIfPresent(Double.self, forKey: .decayRate) { decayRate = value }
        if let value = try values.decodeIfPresent(Int.self, forKey: .decaySteps) { decaySteps = value }
    }

    /// The rate of step `step`; the final one at `totalSteps` for the shapes that fall to it.
    ///
    /// With two steps of warm-up of ten and a peak of 1, `linear` gives 0.5, 1, 0.875, 0.75, ..., 0.125, 0.
    public func rate(step: Int, time: Double = 0) -> Double {
        let step = step + offset
        if step < warmupSteps { return peak * Double(step) / Double(warmupSteps) }
        switch shape {
        case .constant: return peak
        case .exponential: return peak * pow(decayRate, Double(step - warmupSteps) / Double(max(1, decaySteps)))
        case .linear: return fall(left(step))
        case .polynomial: return fall(pow(left(step), power))
        case .cosine: return fall(0.5 * (1 + cos(Double.pi * (1 - left(step)))))
        case .budget: return fall(1 - min(1, max(0, time)))
        }
    }

    /// The share of the steps after the warm-up that is left, from 1 to 0.
    private func left(_ step: Int) -> Double {
        min(1, max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps))))
    }

    private func fall(_ share: Double) -> Double { final + (peak - final) * share }
}
