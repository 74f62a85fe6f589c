internal import Foundation

/// What GLUE reports of a task.
///
/// Values are fractions, 1 for a perfect prediction.
public enum Metric: String, Sendable, CaseIterable, Codable {
    /// The share of examples with the right class.
    case accuracy
    /// The harmonic mean of precision and recall of class 1.
    case f1
    /// Matthews' correlation of two classes (Matthews 1975).
    case matthews = "matthews_correlation"
    /// The linear correlation of two series of numbers.
    case pearson
    /// Pearson's correlation of the ranks; ties get their mean rank.
    case spearman

    /// The metric of predictions and truths: class numbers, or scores for the correlations.
    public func value(predicted: [Double], truth: [Double]) -> Double {
        precondition(predicted.count == truth.count, "a prediction for each example")
        guard !truth.isEmpty else { return 0 }
        switch self {
        case .accuracy: return Double(zip(predicted, truth).count { $0 == $1 }) / Double(truth.count)
        case .f1: return Confusion(predicted, truth).f1
        case .matthews: return Confusion(predicted, truth).matthews
        case .pearson: return Correlation.pearson(predicted, truth)
        case .spearman: return Correlation.pearson(Correlation.ranks(predicted), Correlation.ranks(truth))
        }
    }
}

/// The four counts of a decision between class 1 and the rest.
struct Confusion {
    var truePositives = 0.0
    var falsePositives = 0.0
    var falseNegatives = 0.0
    var trueNegatives = 0.0

    init(_ predicted: [Double], _ truth: [Double]) {
        for (guess, gold) in zip(predicted, truth) {
            switch (guess == 1, gold == 1) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, true): falseNegatives += 1
            case (false, false): trueNegatives += 1
            }
        }
    }

    var f1: Double {
        let all = 2 * truePositives + falsePositives + falseNegatives
        return all == 0 ? 0 : 2 * truePositives / all
    }

    /// Zero when one side is constant, as usual.
    var matthews: Double {
        let product =
            (truePositives + falsePositives) * (truePositives + falseNegatives) * (trueNegatives + falsePositives)
            * (trueNegatives + falseNegatives)
        return product == 0
            ? 0 : (truePositives * trueNegatives - falsePositives * falseNegatives) / product.squareRoot()
    }
}

/// Correlations of two series of the same length.
enum Correlation {
    /// Zero when one series is constant.
    static func pearson(_ x: [Double], _ y: [Double]) -> Double {
        let meanX = x.reduce(0, +) / Double(x.count)
        let meanY = y.reduce(0, +) / Double(y.count)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
            xy += (a - meanX) * (b - meanY)
        }
        return xx == 0 || yy == 0 ? 0 : xy / (xx.squareRoot() * yy.squareRoot())
    }

    /// The rank of each value from 1; equal values share the mean of their ranks.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            // A value is its own group even when it does not equal itself, as one that is not a number.
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }
}
