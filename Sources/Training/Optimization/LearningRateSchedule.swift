internal import Foundation

/// The learning rate as a function of the step: a linear warm-up, then one of three shapes.
public struct LearningRateSchedule: Sendable, Equatable, Codable {
    /// What follows the warm-up.
    public enum Shape: String, Sendable, Codable, CaseIterable {
        /// Straight down to zero at the last step (Devlin et al. 2019, A.2).
        case linear
        /// Always the peak.
        case constant
        /// Half a cosine down to zero at the last step.
        case cosine
    }

    /// What follows the warm-up.
    public var shape: Shape
    /// The highest rate, reached at step `warmupSteps`.
    public var peak: Double
    /// Steps of warm-up, 0 for none.
    public var warmupSteps: Int
    /// The number of steps of the run.
    public var totalSteps: Int

    /// Creates a schedule.
    public init(shape: Shape = .linear, peak: Double, warmupSteps: Int, totalSteps: Int) {
        self.shape = shape
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
    }

    /// The rate of step `step`, counted from 1; zero at `totalSteps` for the shapes that fall.
    ///
    /// With two steps of warm-up of ten and a peak of 1: 0.5, 1, 0.875, 0.75, ..., 0.125, 0.
    public func rate(step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step) / Double(warmupSteps) }
        let fall = Double(max(1, totalSteps - warmupSteps))
        let left = min(1, max(0, Double(totalSteps - step) / fall))
        switch shape {
        case .linear: return peak * left
        case .constant: return peak
        case .cosine: return peak * 0.5 * (1 + cos(Double.pi * (1 - left)))
        }
    }
}
