/// Watches the losses and gradients of a run, and tells which step would spoil the weights.
///
/// A step is bad when its loss or its gradient's norm is not a number, or, once `settling` good steps have shown what is
/// usual, when the norm is above `spikeFactor` times its running mean or the loss above twice its own. What it knows is
/// part of a checkpoint, so that a resumed run judges as one that never stopped.
public struct StepGuard: Sendable, Equatable, Codable {
    /// Good steps before spikes are looked for.
    public static let settling = 20
    /// Weight of the past in the running means.
    private static let memory = 0.98
    private static let lossFactor = 2.0

    /// How many times the usual norm makes a spike; 0 looks for none.
    public var spikeFactor: Double
    /// Steps judged bad so far, and how many of them came last without a good one between.
    public private(set) var skipped = 0
    /// The bad steps since the last good one.
    public private(set) var badInRow = 0
    private var good = 0
    private var meanNorm = 0.0
    private var meanLoss = 0.0

    /// A guard that has seen nothing.
    public init(spikeFactor: Double = 0) { self.spikeFactor = spikeFactor }

    /// Judges a step and learns from it; nil when it is good, else what is wrong with it.
    public mutating func judge(loss: Double, norm: Double) -> String? {
        if let fault = fault(loss, norm) {
            skipped += 1
            badInRow += 1
            return fault
        }
        let past = good == 0 ? 0 : StepGuard.memory
        meanNorm = past * meanNorm + (1 - past) * norm
        meanLoss = past * meanLoss + (1 - past) * loss
        good += 1
        badInRow = 0
        return nil
    }

    /// After a run has gone back to an earlier step: what was skipped stays counted, and the row begins anew.
    public mutating func beginAgain(skipped: Int) { (self.skipped, badInRow) = (skipped, 0) }

    private func fault(_ loss: Double, _ norm: Double) -> String? {
        guard loss.isFinite, norm.isFinite else { return "loss \(loss), gradient norm \(norm)" }
        guard spikeFactor > 0, good >= StepGuard.settling else { return nil }
        if norm > spikeFactor * meanNorm { return "gradient norm \(norm), usually \(meanNorm)" }
        if loss > StepGuard.lossFactor * meanLoss { return "loss \(loss), usually \(meanLoss)" }
        return nil
    }
}
