import Foundation
import Model
import Pretrain
import Shard
import Streaming
import Tokenize
import Training

/// Times the loader that `tessera pretrain` reads its batches from, alone: blocks read and checked, masks drawn, batches
/// cut by a budget of tokens.
///
///     loader-benchmark SHARDS [SEQUENCE-LENGTH [BATCH [SECONDS]]]
///
/// Prints one JSON line: tokens a second of the clock and of the processor, special tokens counted.
@main struct LoaderBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            StandardError.write("usage: loader-benchmark SHARDS [SEQUENCE-LENGTH [BATCH [SECONDS]]]\n")
            exit(64)
        }
        let numbers = arguments.dropFirst(2).map { Double($0) ?? 0 }
        let reader = try ShardReader(arguments[1], sequenceLength: numbers.first.map { Int($0) })
        let policy = try MaskingPolicy(reader.information, vocabulary: reader.tokenizer().vocabulary)
        let source = BatchSource(
            plan: BatchPlan(global: numbers.count > 1 ? Int(numbers[1]) : 256),
            cutter: MicroBatchCutter(sequences: 0, hasSequenceLabels: true), rank: 0, ranks: 1)
        let seconds = numbers.count > 2 ? numbers[2] : 5
        let loader = ShardLoader(ShardWalk(reader, policy, seed: 1), steps: 1..<Int.max) { step, walk throws(Failure) in
            try source.batch(step: step, of: &walk)
        }
        defer { loader.close() }
        let (began, used) = (ContinuousClock.now, processorSeconds())
        var tokens = 0
        while ContinuousClock.now - began < .seconds(seconds), let share = try loader.next() {
            tokens += share.microBatches.reduce(0) { $0 + $1.rows }
        }
        let (wall, processor) = ((ContinuousClock.now - began) / .seconds(1), processorSeconds() - used)
        print(
            String(
                format: "{\"instances\": %ld, \"tokens\": %ld, \"tokens_per_second\": %.0f, "
                    + "\"tokens_per_processor_second\": %.0f, \"peak_memory_bytes\": %ld}",
                reader.count(.train), tokens, Double(tokens) / wall, Double(tokens) / processor,
                ProcessMemory.peakBytes))
    }

    private static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
