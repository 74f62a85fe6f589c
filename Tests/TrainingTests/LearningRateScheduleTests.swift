import Testing

@testable import Training

@Test func `the linear schedule warms up, then falls to zero at the last step`() {
    let schedule = LearningRateSchedule(shape: .linear, peak: 1e-3, warmupSteps: 2, totalSteps: 10)
    let rates = (1...10).map { schedule.rate(step: $0) }
    let expected = [5e-4, 1e-3, 8.75e-4, 7.5e-4, 6.25e-4, 5e-4, 3.75e-4, 2.5e-4, 1.25e-4, 0]
    for (rate, value) in zip(rates, expected) { #expect(abs(rate - value) < 1e-15) }
}

@Test func `constant stays at the peak and cosine passes half of it half-way`() {
    let constant = LearningRateSchedule(shape: .constant, peak: 2, warmupSteps: 4, totalSteps: 8)
    #expect((1...8).map { constant.rate(step: $0) } == [0.5, 1, 1.5, 2, 2, 2, 2, 2])
    let cosine = LearningRateSchedule(shape: .cosine, peak: 2, warmupSteps: 0, totalSteps: 8)
    #expect(abs(cosine.rate(step: 4) - 1) < 1e-12)
    #expect(cosine.rate(step: 8) < 1e-12)
    #expect(cosine.rate(step: 1) > cosine.rate(step: 2))
}

@Test func `no warm-up and a warm-up as long as the run are both fine`() {
    #expect(LearningRateSchedule(peak: 1, warmupSteps: 0, totalSteps: 4).rate(step: 1) == 0.75)
    #expect(LearningRateSchedule(peak: 1, warmupSteps: 4, totalSteps: 4).rate(step: 3) == 0.75)
}

@Test func `polynomial falls by its power to the final rate`() {
    let schedule = LearningRateSchedule(
        shape: .polynomial, peak: 1, warmupSteps: 0, totalSteps: 10, final: 0.1, power: 2)
    #expect(abs(schedule.rate(step: 5) - (0.1 + 0.9 * 0.25)) < 1e-12)
    #expect(abs(schedule.rate(step: 10) - 0.1) < 1e-12)
    #expect(schedule.rate(step: 11) == schedule.rate(step: 10))
    let line = LearningRateSchedule(shape: .polynomial, peak: 3, warmupSteps: 2, totalSteps: 10)
    let linear = LearningRateSchedule(shape: .linear, peak: 3, warmupSteps: 2, totalSteps: 10)
    #expect((1...10).allSatisfy { abs(line.rate(step: $0) - linear.rate(step: $0)) < 1e-12 })
}

@Test func `the exponential shape is x over w, then the rate to the power of the steps since`() {
    // AzureML-BERT: x < w: x / w, else rate^((step - w T) / decay_steps), with w T = 20.
    let schedule = LearningRateSchedule(
        shape: .exponential, peak: 2, warmupSteps: 20, totalSteps: 1_000, decayRate: 0.9, decaySteps: 250)
    #expect(abs(schedule.rate(step: 5) - 2 * 5 / 20) < 1e-12)
    #expect(schedule.rate(step: 20) == 2)
    #expect(abs(schedule.rate(step: 270) - 2 * 0.9) < 1e-12)
    #expect(abs(schedule.rate(step: 520) - 2 * 0.81) < 1e-12)
}

@Test(arguments: LearningRateSchedule.Shape.allCases)
func `a second phase goes on where the first one stopped`(shape: LearningRateSchedule.Shape) {
    let whole = LearningRateSchedule(shape: shape, peak: 1, warmupSteps: 10, totalSteps: 100)
    let second = LearningRateSchedule(shape: shape, peak: 1, warmupSteps: 10, totalSteps: 100, offset: 90)
    for step in 1...10 { #expect(second.rate(step: step) == whole.rate(step: 90 + step)) }
}

@Test func `a budget falls with the time that is used`() {
    let schedule = LearningRateSchedule(shape: .budget, peak: 1, warmupSteps: 2, totalSteps: 10, final: 0.2)
    #expect(schedule.rate(step: 1, time: 0.5) == 0.5)
    #expect(abs(schedule.rate(step: 9, time: 0.5) - 0.6) < 1e-12)
    #expect(abs(schedule.rate(step: 9, time: 2) - 0.2) < 1e-12)
}
