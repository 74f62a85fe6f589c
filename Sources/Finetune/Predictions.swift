internal import Foundation
internal import Model
internal import Streaming

/// A model's answers for the examples of a file: a class number or a score for each.
struct Predictions {
    let values: [Double]
    private let task: GlueTask

    init(_ model: BertModel, _ examples: EncodedExamples, task: GlueTask) throws(Failure) {
        self.task = task
        var values: [Double] = []
        values.reserveCapacity(examples.count)
        for batch in examples.batches(0..<examples.count) {
            try Cancellation.check()
            let logits = model.sequenceLogits(batch)
            guard logits.allSatisfy(\.isFinite) else {
                throw Failure(
                    .badData, "the model's answers are not numbers: the training diverged",
                    remedy: "use a lower --learning-rate or a longer --warmup")
            }
            for sequence in 0..<batch.sequences {
                values.append(Predictions.value(logits[sequence * task.labelCount..<(sequence + 1) * task.labelCount]))
            }
        }
        self.values = values
    }

    /// The first of the largest logits, or the one logit of a regression.
    private static func value(_ logits: ArraySlice<Float>) -> Double {
        guard logits.count > 1 else { return Double(logits.first ?? 0) }
        var best = logits.startIndex
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return Double(best - logits.startIndex)
    }

    /// The task's metrics against the examples' labels, with the split's suffix on their names.
    func metrics(_ examples: EncodedExamples, suffix: String) -> [(name: String, value: Double)] {
        let truth = examples.isRegression ? examples.scores.map(Double.init) : examples.labels.map(Double.init)
        return task.metrics.map { ($0.rawValue + suffix, $0.value(predicted: values, truth: truth)) }
    }

    /// `index<TAB>prediction` lines as GLUE's server wants them, with the true answer as a third column if asked for.
    func file(truth examples: EncodedExamples? = nil) -> [UInt8] {
        var text = examples == nil ? "index\tprediction\n" : "index\tprediction\tlabel\n"
        for (index, value) in values.enumerated() {
            text += "\(index)\t\(name(value))"
            if let examples {
                text +=
                    "\t\(name(examples.isRegression ? Double(examples.scores[index]) : Double(examples.labels[index])))"
            }
            text += "\n"
        }
        return Array(text.utf8)
    }

    private func name(_ value: Double) -> String {
        switch task.target {
        case .classes(let names): names[Int(value)]
        case .score(let lowest, let highest): String(format: "%.3f", min(highest, max(lowest, value)))
        }
    }
}
