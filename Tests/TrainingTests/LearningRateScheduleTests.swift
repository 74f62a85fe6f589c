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
