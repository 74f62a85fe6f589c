import Foundation
import Model
import Streaming
import Training

/// Times training steps (forward, backward, clipping, AdamW; dropout 0.1) of one model on synthetic batches.
///
///     engine-benchmark MODEL LENGTH BATCH PRECISION [MICRO-BATCH [LIBRARY [recompute]]]
///
/// Prints one JSON line: the median and best seconds of a step, real tokens a second, peak memory.
@main struct EngineBenchmark {
    static let vocabulary = 30_522

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 5, let length = Int(arguments[2]), let batch = Int(arguments[3]),
            let precision = Precision(rawValue: arguments[4]),
            let shape = BertConfiguration.preset(arguments[1], vocabularySize: vocabulary)
        else {
            StandardError.write(
                "usage: engine-benchmark MODEL LENGTH BATCH fp32|bf16 [MICRO-BATCH [LIBRARY [recompute]]]\n")
            exit(64)
        }
        let micro = arguments.count > 5 ? Int(arguments[5]) ?? batch : batch
        let library = arguments.count > 6 ? ProductLibrary(rawValue: arguments[6]) ?? .auto : .auto
        let arithmetic = Arithmetic(
            precision: precision, library: library, recomputesLayers: arguments.dropFirst(7).first == "recompute")
        let environment = ProcessInfo.processInfo.environment
        let threads = environment["THREADS"].flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
        let model = try BertModel(
            configuration: shape, head: .pretraining(nextSentence: true), threads: threads, arithmetic: arithmetic)
        model.initialize(seed: 1)
        let trainer = Trainer(
            model: model, settings: OptimizerSettings(),
            schedule: LearningRateSchedule(shape: .constant, peak: 1e-4, warmupSteps: 0, totalSteps: 1_000_000),
            clip: 1, seed: 1, communicator: SingleProcess())
        let shares = (0..<4).map { number in
            share(
                SyntheticBatch(
                    sequences: batch, length: length, vocabulary: vocabulary, seed: UInt64(number)
                ).batch, micro)
        }
        let budget = environment["SECONDS_OF_RUN"].flatMap(Double.init) ?? 10
        let result = try time(trainer, shares, budget: budget)
        let peak = ProcessMemory.peakBytes
        let work = shares.reduce(0) { $0 + operations($1, shape) } / Double(shares.count)
        print(
            String(
                format:
                    "{\"model\": \"%@\", \"length\": %ld, \"batch\": %ld, \"precision\": \"%@\", \"step_seconds\": %.5f, "
                    + "\"best_seconds\": %.5f, \"tokens_per_second\": %.1f, \"sequences_per_second\": %.2f, "
                    + "\"peak_memory_bytes\": %ld, \"activation_bytes\": %ld, \"steps\": %ld, \"loss\": %.4f, \"gflops\": %.1f}",
                arguments[1], length, batch, model.arithmetic.precision.rawValue, result.median, result.best,
                result.tokens / result.median, Double(batch) / result.median, peak, model.activationBytes, result.steps,
                result.loss,
                work / result.median / 1e9))
    }

    /// Multiplications and additions of a step's products: three times those of forward, of the rows that are computed.
    static func operations(_ share: BatchShare, _ shape: BertConfiguration) -> Double {
        let (hidden, inner) = (Double(shape.hiddenSize), Double(shape.intermediateSize))
        var sum = 0.0
        for batch in share.microBatches {
            let lengths = (0..<batch.sequences).map { Double(batch.range($0).count) }
            let rows = Double(batch.rows)
            let (dense, attention) = (
                hidden * hidden + 2 * hidden * inner, 4 * lengths.reduce(0) { $0 + $1 * $1 } * hidden
            )
            let layers = Double(shape.layers) * (2 * rows * (3 * hidden * hidden + dense) + attention)
            let head = 2 * Double(batch.maskedRows.count) * (hidden * hidden + hidden * Double(vocabulary))
            let first = 2 * Double(batch.sequences) * (hidden * hidden + 2 * hidden)
            sum += 3 * (layers - leftOut(batch, dense: dense, hidden: hidden, lengths) + head + first)
        }
        return sum
    }

    /// What the last layer does not do: queries and all behind attention of rows that no loss looks at.
    static func leftOut(_ batch: RaggedBatch, dense: Double, hidden: Double, _ lengths: [Double]) -> Double {
        let wanted = Set(batch.maskedRows).union(batch.offsets.dropLast())
        guard 4 * wanted.count <= 3 * batch.rows else { return 0 }
        let pairs = (0..<batch.sequences).reduce(0.0) { sum, sequence in
            let here = batch.range(sequence).count { !wanted.contains(Int32($0)) }
            return sum + Double(here) * lengths[sequence]
        }
        return 2 * Double(batch.rows - wanted.count) * dense + 4 * pairs * hidden
    }

    /// A batch cut into micro-batches.
    static func share(_ batch: RaggedBatch, _ micro: Int) -> BatchShare {
        var share = BatchShare(microBatches: [], firstSequences: [])
        for first in stride(from: 0, to: batch.sequences, by: micro) {
            share.microBatches.append(batch.slice(first..<min(first + micro, batch.sequences)))
            share.firstSequences.append(first)
        }
        return share
    }

    static func time(
        _ trainer: Trainer, _ shares: [BatchShare], budget: Double
    ) throws -> (median: Double, best: Double, tokens: Double, steps: Int, loss: Double) {
        var (times, tokens, loss) = ([Double](), 0.0, 0.0)
        let begin = DispatchTime.now().uptimeNanoseconds
        var step = 0
        while true {
            let start = DispatchTime.now().uptimeNanoseconds
            let report = try trainer.step(shares[step % shares.count])
            let end = DispatchTime.now().uptimeNanoseconds
            step += 1
            loss = report.losses.loss
            guard step > 2 else { continue }
            times.append(Double(end - start) / 1e9)
            tokens += Double(report.tokens)
            if times.count >= 4, times.count % 4 == 0, Double(end - begin) / 1e9 > budget { break }
        }
        tokens /= Double(times.count)
        times.sort()
        return (times[times.count / 2], times[0], tokens, times.count, loss)
    }
}

extension RaggedBatch {
    /// Some of the sequences, in order.
    func slice(_ chosen: Range<Int>) -> RaggedBatch {
        var result = RaggedBatch()
        for sequence in chosen {
            let range = range(sequence)
            let masked = maskedRows.indices.filter { range.contains(Int(maskedRows[$0])) }
            result.append(
                tokens: Array(tokens[range]), segments: Array(segments[range]),
                positions: masked.map { maskedRows[$0] - Int32(range.lowerBound) },
                labels: masked.map { maskedLabels[$0] })
            result.sequenceLabels.append(sequenceLabels[sequence])
        }
        return result
    }
}
