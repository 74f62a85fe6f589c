import Testing

@testable import Finetune

@Test func `accuracy, F1 and Matthews of a decision counted by hand`() {
    // Three true positives, one false positive, two false negatives, four true negatives.
    let predicted: [Double] = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    let truth: [Double] = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    #expect(Metric.accuracy.value(predicted: predicted, truth: truth) == 0.7)
    #expect(abs(Metric.f1.value(predicted: predicted, truth: truth) - 6.0 / 9) < 1e-12)
    // (3 * 4 - 1 * 2) / sqrt(4 * 5 * 5 * 6)
    #expect(abs(Metric.matthews.value(predicted: predicted, truth: truth) - 10 / 600.0.squareRoot()) < 1e-12)
}

@Test func `a constant prediction has no correlation and no F1`() {
    let truth: [Double] = [0, 1, 0, 1]
    let zeros = [Double](repeating: 0, count: 4)
    #expect(Metric.matthews.value(predicted: zeros, truth: truth) == 0)
    #expect(Metric.f1.value(predicted: zeros, truth: truth) == 0)
    #expect(Metric.pearson.value(predicted: zeros, truth: truth) == 0)
    #expect(Metric.spearman.value(predicted: zeros, truth: truth) == 0)
}

@Test func `Pearson and Spearman of series worked out by hand`() {
    let x: [Double] = [1, 2, 3, 4, 5]
    let y: [Double] = [2, 1, 4, 3, 20]
    // Deviations: x -2..2, y -4 -5 -2 -3 14; sums: xy 38, xx 10, yy 250.
    #expect(abs(Metric.pearson.value(predicted: x, truth: y) - 38 / 2500.0.squareRoot()) < 1e-12)
    // Ranks of y: 2 1 4 3 5; 1 - 6 * 4 / (5 * 24).
    #expect(abs(Metric.spearman.value(predicted: x, truth: y) - 0.8) < 1e-12)
}

@Test func `equal values share the mean of their ranks`() {
    #expect(Correlation.ranks([10, 20, 10, 5]) == [2.5, 4, 2.5, 1])
}

@Test func `the median of an even number is the mean of the middle two`() {
    #expect(FinetuneSummary.median([4, 1, 3, 2]) == 2.5)
    #expect(FinetuneSummary.median([9, 1, 3]) == 3)
}

@Test func `a series with a value that is no number comes to an end`() {
    #expect(Correlation.ranks([.nan]) == [1])
    #expect(Correlation.ranks([3, .nan, .nan, 1]).sorted() == [1, 2, 3, 4])
    #expect(Metric.spearman.value(predicted: [.nan, .nan], truth: [1, 2]).isFinite)
}
