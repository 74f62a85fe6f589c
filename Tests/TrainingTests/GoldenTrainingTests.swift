import Foundation
import Model
import Streaming
import Testing

@testable import Training

private let golden: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let shared = ProcessInfo.processInfo.environment["TESSERA_SHARED"] ?? root.appending(path: "../shared").path
    return shared + "/golden/"
}()

/// Batch `step` of the reference without its padding.
private func batch(_ file: SafeTensorsFile, _ step: Int) throws -> RaggedBatch {
    func integers(_ name: String) throws -> [Int64] { try file.integers("step\(step).\(name)") }
    let (ids, types) = (try integers("input_ids"), try integers("token_type_ids"))
    let (mask, labels) = (try integers("attention_mask"), try integers("labels"))
    let width = try file.tensor("step\(step).input_ids").shape[1]
    var batch = RaggedBatch()
    for first in stride(from: 0, to: ids.count, by: width) {
        let rows = (first..<first + width).filter { mask[$0] == 1 }
        let masked = rows.indices.filter { labels[rows[$0]] >= 0 }
        batch.append(
            tokens: rows.map { Int32(ids[$0]) }, segments: rows.map { UInt8(types[$0]) },
            positions: masked.map { Int32($0) }, labels: masked.map { Int32(labels[rows[$0]]) })
    }
    batch.sequenceLabels = try integers("next_sentence_label").map { Int32($0) }
    return batch
}

/// Three steps of a small BERT, as PyTorch takes them in double precision.
@Test(
    .enabled(if: Files.isDirectory(golden)),
    arguments: [
        ("tiny_adamw", OptimizerSettings(kind: .adamw)), ("tiny_lamb", OptimizerSettings(kind: .lamb)),
        ("tiny_lamb_excl", OptimizerSettings(kind: .lamb, excludesFromRatio: true)),
    ])
func `three steps end at the weights of the float64 reference`(name: String, settings: OptimizerSettings) throws {
    let weights = try SafeTensorsFile(golden + "tiny_bert.safetensors")
    let json = try #require(weights.metadata["config"])
    let shape = try JSONDecoder().decode(BertConfiguration.self, from: Data(json.utf8))
    let model = try BertModel(configuration: shape, head: .pretraining(nextSentence: true), threads: 2)
    #expect(try model.loadPretrained(golden + "tiny_bert.safetensors").isEmpty)
    let trainer = Trainer(
        model: model, settings: settings, schedule: LearningRateSchedule(peak: 1e-3, warmupSteps: 2, totalSteps: 10),
        clip: 1, seed: 1, communicator: SingleProcess())
    let batches = try SafeTensorsFile(golden + "tiny_batch.safetensors")
    let expected = try SafeTensorsFile(golden + name + ".safetensors")
    let (losses, norms) = (try expected.doubles("f64.log.loss"), try expected.doubles("f64.log.grad_norm"))
    for step in 0..<3 {
        let report = try trainer.step(BatchShare(microBatches: [batch(batches, step)], firstSequences: [0]))
        #expect(abs(report.losses.loss - losses[step]) < 2e-6 * losses[step])
        #expect(abs(report.gradientNorm - norms[step]) < 1e-5 * norms[step])
        #expect(abs(report.rate - [5e-4, 1e-3, 8.75e-4][step]) < 1e-12)
    }
    for entry in model.layout.entries {
        // The true gradient of key.bias is zero: what is there is rounding, which Adam's division makes large.
        let tolerance = entry.name.hasSuffix("key.bias") ? 1.5e-3 : 2e-6
        let ours = model.parameters.values(entry.range)
        let worst = zip(ours, try expected.doubles("f64." + entry.name)).reduce(0.0) {
            max($0, abs(Double($1.0) - $1.1))
        }
        #expect(worst < tolerance, "\(entry.name) is off by \(worst)")
    }
}
