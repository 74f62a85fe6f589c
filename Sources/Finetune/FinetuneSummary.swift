/// The result of `tessera finetune`.
public struct FinetuneSummary: Codable, Sendable, Equatable {
    /// What one seed reached.
    public struct Seed: Codable, Sendable, Equatable {
        /// The seed.
        public var seed: UInt64
        /// After the last epoch, by name.
        public var metrics: [String: Double]
        /// Examples trained on in a second, validation left out.
        public var examplesPerSecond: Double
        /// Wall-clock time of training and evaluation.
        public var seconds: Double

        /// The mean of all metrics, by which seeds are compared.
        public var score: Double { metrics.isEmpty ? 0 : metrics.values.sorted().reduce(0, +) / Double(metrics.count) }

        private enum CodingKeys: String, CodingKey {
            case seed, metrics
            case examplesPerSecond = "examples_per_second"
            case seconds
        }
    }

    /// The task's name.
    public var task: String
    /// The median over the seeds of each metric on the development examples, after the last epoch.
    public var metrics: [String: Double]
    /// Each seed by itself.
    public var seeds: [Seed]
    /// Examples trained on in a second: the median over the seeds.
    public var examplesPerSecond: Double
    /// Wall-clock time, all seeds together.
    public var seconds: Double
    /// Examples read, and rows left out of them because GLUE's own reader leaves them out.
    public var trainExamples, developmentExamples, skippedRows: Int
    /// The program's version.
    public var version: String
    /// The folder written, and that of the model of the best seed.
    public var output, model: String

    private enum CodingKeys: String, CodingKey {
        case task, metrics, seeds
        case examplesPerSecond = "examples_per_second"
        case seconds
        case trainExamples = "train_examples"
        case developmentExamples = "development_examples"
        case skippedRows = "skipped_rows"
        case version, output, model
    }

    /// The middle of the sorted values, the mean of the two middle ones when their number is even.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
