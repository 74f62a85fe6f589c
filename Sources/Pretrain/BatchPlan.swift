/// How many sequences each step takes, and which: a function of the step alone.
///
/// The batch may grow over the first steps, from `initial` to `global` sequences in a straight line; the walk over the
/// data takes up where the step before left it, behind `passedOver` sequences that a run has left out.
package struct BatchPlan: Sendable {
    /// Sequences of a step once the batch has grown.
    let global: Int
    private let initial: Int
    private let warmupSteps: Int
    private let passedOver: Int
    /// The walk's number of the first sequence of each of the steps in which the batch grows, and of the one after.
    private let firsts: [Int]

    package init(global: Int, initial: Int? = nil, warmupSteps: Int = 0, passedOver: Int = 0) {
        self.global = global
        self.initial = min(initial ?? global, global)
        self.warmupSteps = warmupSteps
        self.passedOver = passedOver
        var firsts = [0]
        firsts.reserveCapacity(warmupSteps + 1)
        for step in 1..<max(1, warmupSteps + 1) {
            firsts.append(firsts[step - 1] + BatchPlan.size(step, min(initial ?? global, global), global, warmupSteps))
        }
        self.firsts = firsts
    }

    /// The sequences of step `step`, from 1.
    func size(step: Int) -> Int {
        step > warmupSteps ? global : BatchPlan.size(step, initial, global, warmupSteps)
    }

    /// The walk's number of its first sequence.
    func first(step: Int) -> Int {
        let grown = firsts.count - 1
        return passedOver + (step <= grown ? firsts[step - 1] : firsts[grown] + (step - 1 - grown) * global)
    }

    /// The epoch and the position in it of the first sequence of a step, when an epoch has `count`.
    func place(step: Int, count: Int) -> (epoch: Int, position: Int) {
        let (epoch, position) = first(step: step).quotientAndRemainder(dividingBy: count)
        return (epoch, position)
    }

    private static func size(_ step: Int, _ initial: Int, _ global: Int, _ warmupSteps: Int) -> Int {
        initial + (global - initial) * (step - 1) / max(1, warmupSteps)
    }
}
