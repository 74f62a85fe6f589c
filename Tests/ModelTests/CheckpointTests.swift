import Foundation
import Streaming
import TestSupport
import Testing

@testable import Model

@Suite struct CheckpointTests {
    private let folder = TemporaryDirectory()

    /// Writes the model's tensors under other names.
    private func write(_ model: BertModel, rename: (String) -> String?) throws -> String {
        let items = model.layout.entries.compactMap { entry in
            rename(entry.name).map {
                SafeTensors.Item(name: $0, shape: entry.shape, content: .floats(model.parameters, entry.range))
            }
        }
        try SafeTensors.write(items, to: folder.file("model.safetensors"))
        return folder.path
    }

    @Test func `a checkpoint gives the very same model`() throws {
        let model = try smallModel()
        try model.save(to: folder.path)
        let configuration = try BertConfiguration(contentsOf: folder.path)
        #expect(configuration.architectures == ["BertForPreTraining"])
        let other = try BertModel(configuration: configuration, head: model.head, threads: 1)
        #expect(try other.loadPretrained(folder.path) == [])
        #expect(
            other.parameters.values(0..<other.parameters.count) == model.parameters.values(0..<model.parameters.count))
    }

    @Test func `old and bare names are understood, copies of the decoder passed over`() throws {
        let model = try smallModel()
        let path = try write(model) { name in
            var name = name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name
            if name == "cls.predictions.bias" { name = "cls.predictions.decoder.bias" }
            return name.replacing("LayerNorm.weight", with: "LayerNorm.gamma").replacing(
                "LayerNorm.bias", with: "LayerNorm.beta")
        }
        let other = try smallModel { $0.initializerRange = 0.1 }
        #expect(try other.loadPretrained(path) == [])
        #expect(
            other.parameters.values(0..<other.parameters.count) == model.parameters.values(0..<model.parameters.count))
    }

    @Test func `an untied decoder is kept apart, and begins as the word embeddings where a file has none`() throws {
        let untied = try smallModel { $0.tiesWordEmbeddings = false }
        try untied.save(to: folder.path)
        let file = try SafeTensorsFile(folder.file("model.safetensors"))
        #expect(file.tensors["cls.predictions.decoder.bias"] != nil)
        let other = try smallModel { ($0.tiesWordEmbeddings, $0.initializerRange) = (false, 0.1) }
        #expect(try other.loadPretrained(folder.path) == [])
        #expect(other.parameters.buffer.elementsEqual(untied.parameters.buffer))

        let tied = try smallModel()
        try tied.save(to: folder.path)
        #expect(try other.loadPretrained(folder.path) == [])
        let batch = randomBatch([9, 3], seed: 1)
        #expect(other.maskedLogits(batch) == tied.maskedLogits(batch))
    }

    @Test func `post-LN weights are not taken for those of a pre-LN model`() throws {
        try smallModel().save(to: folder.path)
        let failure = #expect(throws: Failure.self) { try smallModel(norm: .pre).loadPretrained(folder.path) }
        #expect(failure?.remedy?.contains("pre-LN") == true)
    }

    @Test func `a new head on pretrained weights is told by its names`() throws {
        try smallModel(.pretraining(nextSentence: false)).save(to: folder.path)
        let model = try smallModel(.classification(labels: 3))
        let left = try model.loadPretrained(folder.path)
        #expect(left == ["bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"])
    }

    @Test func `another shape is refused with both shapes, and nothing is read`() throws {
        try smallModel { $0.vocabularySize = 61 }.save(to: folder.path)
        let model = try smallModel { $0.initializerRange = 0.1 }
        let before = model.parameters.values(0..<model.parameters.count)
        let failure = #expect(throws: Failure.self) { try model.loadPretrained(folder.path) }
        #expect(failure?.code == .badData)
        let message = failure?.message ?? ""
        #expect(message.contains("[61, 32]") && message.contains("[60, 32]") && message.contains("word_embeddings"))
        #expect(failure?.remedy?.contains("vocabulary") == true)
        #expect(model.parameters.values(0..<model.parameters.count) == before)
    }

    @Test func `missing layers and missing files are refused`() throws {
        let model = try smallModel()
        let path = try write(model) { $0.contains("layer.1.") ? nil : $0 }
        let failure = #expect(throws: Failure.self) { try model.loadPretrained(path) }
        #expect(failure?.message.contains("bert.encoder.layer.1.") == true)
        let absent = #expect(throws: Failure.self) { try model.loadPretrained(folder.path + "/none") }
        #expect(absent?.code == .noInput)
        let empty = TemporaryDirectory()
        try empty.write("x", to: "pytorch_model.bin")
        let pickle = #expect(throws: Failure.self) { try model.loadPretrained(empty.path) }
        #expect(pickle?.code == .noInput && pickle?.remedy?.contains("safetensors") == true)
    }
}
