import ArgumentParser
import Finetune
import Foundation
import Streaming

/// How fine-tuning goes; the same for `finetune` and `glue`.
struct FinetuneOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Passes over the training examples.", valueName: "n"))
    var epochs = 3

    @Option(help: ArgumentHelp("Examples of a step.", valueName: "n"))
    var batch = 32

    @Option(help: ArgumentHelp("Peak learning rate.", valueName: "rate"))
    var learningRate = 2e-5

    @Option(help: ArgumentHelp("Seeds, one run each; the result is their median.", valueName: "1,2,3"))
    var seeds = "1"

    @Option(help: ArgumentHelp("Tokens of an example at most.", valueName: "n"))
    var maxLength = 128

    @Option(help: ArgumentHelp("Share of the steps for the warm-up.", valueName: "share"))
    var warmup = 0.1

    @Option(help: ArgumentHelp("Decay of the weights.", valueName: "rate"))
    var weightDecay = 0.01

    @Option(help: ArgumentHelp("Dropout; the default is the model's.", valueName: "share"))
    var dropout: Double?

    @Option(help: ArgumentHelp("Threads; 0 for all cores.", valueName: "n"))
    var threads = 0

    /// The options as the library takes them.
    func configuration() throws -> FinetuneConfiguration {
        var configuration = FinetuneConfiguration()
        configuration.epochs = epochs
        configuration.batch = batch
        configuration.learningRate = learningRate
        configuration.seeds = try parsedSeeds()
        configuration.maxLength = maxLength
        configuration.warmup = warmup
        configuration.weightDecay = weightDecay
        configuration.dropout = dropout
        configuration.threads = threads
        return configuration
    }

    private func parsedSeeds() throws -> [UInt64] {
        let parts = seeds.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let numbers = parts.compactMap { UInt64($0) }
        guard numbers.count == parts.count, !numbers.isEmpty else {
            throw Failure(.usage, "--seeds is a list of whole numbers, not '\(seeds)'", remedy: "write --seeds 1,2,3")
        }
        return numbers
    }
}
