import Foundation
import Streaming
import Testing

@testable import Model

/// Reference data of a `BertForPreTraining` computed in float64: weights, padded batches, outputs and gradients.
struct Golden {
    let weights: String
    let batches: SafeTensorsFile
    let outputs: SafeTensorsFile
    let gradients: SafeTensorsFile
    let configuration: BertConfiguration

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    /// Our own reference, computed with numpy by `Fixtures/make_golden.py`.
    static func fixture() throws -> Golden { try Golden(folder.appending(path: "Fixtures").path + "/") }

    /// A reference made with PyTorch, in the folder that TESSERA_SHARED names or beside the checkout; nil when there
    /// is none.
    static var shared: Golden? { sharedFolder.flatMap { try? Golden($0) } }

    /// The folder of the shared references, with a slash at its end.
    static var sharedFolder: String? {
        let beside = folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: "../shared").path
        let shared = ProcessInfo.processInfo.environment["TESSERA_SHARED"] ?? beside
        return Files.isDirectory(shared + "/golden") ? shared + "/golden/" : nil
    }

    /// Every reference there is.
    static func all() throws -> [Golden] { [try fixture(), try preNorm()] + (shared.map { [$0] } ?? []) }

    /// The same of a model of pre-LN layers with an untied decoder.
    static func preNorm() throws -> Golden { try Golden(folder.appending(path: "Fixtures").path + "/", "pre") }

    init(_ folder: String, _ name: String = "tiny") throws {
        let prefix = folder + name + "_"
        weights = prefix + "bert.safetensors"
        batches = try SafeTensorsFile(prefix + "batch.safetensors")
        outputs = try SafeTensorsFile(prefix + "eval.safetensors")
        gradients = try SafeTensorsFile(prefix + "grads.safetensors")
        let json = try #require(SafeTensorsFile(weights).metadata["config"])
        configuration = try JSONDecoder().decode(BertConfiguration.self, from: Data(json.utf8))
    }

    func model(threads: Int = 2) throws -> BertModel {
        let model = try BertModel(
            configuration: configuration, head: .pretraining(nextSentence: true), threads: threads)
        let missing = try model.loadPretrained(weights)
        #expect(missing.isEmpty)
        return model
    }

    /// Batch `step` without its padding, and the row of the padded batch each row comes from.
    func batch(_ step: Int) throws -> (batch: RaggedBatch, padded: [Int]) {
        func integers(_ name: String) throws -> [Int64] { try batches.integers("step\(step).\(name)") }
        let (ids, types) = (try integers("input_ids"), try integers("token_type_ids"))
        let (mask, labels) = (try integers("attention_mask"), try integers("labels"))
        let shape = try batches.tensor("step\(step).input_ids").shape
        var batch = RaggedBatch()
        var padded: [Int] = []
        for sequence in 0..<shape[0] {
            let rows = (sequence * shape[1]..<(sequence + 1) * shape[1]).filter { mask[$0] == 1 }
            let positions = rows.indices.filter { labels[rows[$0]] >= 0 }
            batch.append(
                tokens: rows.map { Int32(ids[$0]) }, segments: rows.map { UInt8(types[$0]) },
                positions: positions.map { Int32($0) }, labels: positions.map { Int32(labels[rows[$0]]) })
            padded += rows
        }
        batch.sequenceLabels = try integers("next_sentence_label").map { Int32($0) }
        return (batch, padded)
    }
}

/// The largest |ours - reference| over the largest |reference|.
func relativeError(_ ours: [Float], _ reference: [Double]) -> Double {
    guard ours.count == reference.count, !ours.isEmpty else { return .infinity }
    let largest = reference.reduce(0) { max($0, abs($1)) }
    let difference = zip(ours, reference).reduce(0) { worst, pair in
        let error = abs(Double(pair.0) - pair.1)
        return error.isNaN ? .infinity : max(worst, error)
    }
    return difference / max(largest, 1e-30)
}

/// The given rows of a matrix `width` wide.
func rows(_ rows: [Int], of values: [Double], width: Int) -> [Double] {
    rows.flatMap { values[$0 * width..<($0 + 1) * width] }
}
