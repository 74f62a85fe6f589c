public import Training

/// A linear warm-up, then peak × √(warmupSteps / step) (Vaswani and others 2017): a schedule without an end, for a corpus
/// that goes on growing.
public struct InverseSquareRoot: RateSchedule {
    private let peak: Double
    private let warmupSteps: Int

    /// A schedule that reaches `peak` at step `warmupSteps`, 1 or more.
    public init(peak: Double, warmupSteps: Int) { (self.peak, self.warmupSteps) = (peak, max(1, warmupSteps)) }

    /// The rate of step `step`, from 1.
    public func rate(step: Int, time: Double) -> Double {
        let (step, warmup) = (Double(step), Double(warmupSteps))
        return peak * min(step / warmup, (warmup / step).squareRoot())
    }
}
