import Streaming
import TestSupport
import Testing

@testable import Model

@Suite struct ConfigurationTests {
    private let folder = TemporaryDirectory()

    private func read(_ json: String) throws -> BertConfiguration {
        try BertConfiguration(contentsOf: try folder.write(json, to: "config.json"))
    }

    @Test func `keys that are absent get the published defaults, unknown keys are passed over`() throws {
        let base = try read("{\"gradient_checkpointing\": false, \"torch_dtype\": \"float32\"}")
        var expected = try #require(BertConfiguration.preset("base", vocabularySize: 30_522))
        expected.architectures = []
        #expect(base == expected)
    }

    @Test func `a configuration written is the one read`() throws {
        var configuration = BertConfiguration(vocabularySize: 99, hiddenSize: 24, layers: 3, heads: 3)
        configuration.activation = .geluNew
        configuration.classifierDropout = 0.3
        try configuration.write(to: folder.path, head: .classification(labels: 3))
        let again = try BertConfiguration(contentsOf: folder.path)
        #expect(again.labelNames == ["LABEL_0", "LABEL_1", "LABEL_2"])
        #expect(again.architectures == ["BertForSequenceClassification"])
        configuration.labelNames = again.labelNames
        configuration.architectures = again.architectures
        #expect(again == configuration)
    }

    @Test func `an architecture that is not BERT's does not go by its name`() throws {
        var configuration = BertConfiguration(vocabularySize: 99, hiddenSize: 24, layers: 3, heads: 3)
        configuration.normPlacement = .pre
        configuration.tiesWordEmbeddings = false
        try configuration.write(to: folder.path, head: .none)
        #expect(
            try String(decoding: Files.read(folder.file("config.json")), as: UTF8.self).contains(
                "\"tessera-pre-layer-norm\""))
        var again = try BertConfiguration(contentsOf: folder.path)
        again.architectures = []
        #expect(again == configuration)
        #expect(try read("{\"norm_placement\": \"pre\"}").normPlacement == .pre)
        #expect(try read("{\"model_type\": \"tessera-pre-layer-norm\"}").normPlacement == .pre)
        #expect(try read("{\"model_type\": \"tessera-mine\"}").customArchitecture == "mine")
    }

    @Test(arguments: [
        ("{\"position_embedding_type\": \"relative_key\"}", "relative_key"), ("{\"is_decoder\": true}", "is_decoder"),
        ("{\"model_type\": \"roberta\"}", "roberta"), ("{\"hidden_act\": \"swish\"}", "swish"),
        ("{\"norm_placement\": \"sandwich\"}", "sandwich"),
        ("{\"model_type\": \"bert_generation\"}", "bert_generation"),
        ("{\"num_attention_heads\": 7}", "does not divide"),
        ("{\"hidden_dropout_prob\": 1.0}", "hidden_dropout_prob"), ("{\"vocab_size\": 0}", "vocab_size"),
        ("{\"vocab_size\": \"many\"}", "vocab_size"), ("{\"num_hidden_layers\": -1}", "num_hidden_layers"),
        ("{\"hidden_size\": 1048576, \"num_attention_heads\": 1, \"num_hidden_layers\": 4096}", "parameters"),
        (
            "{\"hidden_size\": 16777216, \"intermediate_size\": 16777216, \"num_hidden_layers\": 4096, "
                + "\"num_attention_heads\": 1, \"vocab_size\": 16777216}", "parameters"
        ),
        ("[1, 2", "JSON"), ("", "JSON"),
    ])
    func `what cannot be done is refused by name`(json: String, word: String) throws {
        let failure = #expect(throws: Failure.self) { try read(json) }
        #expect(failure?.code == .badData)
        #expect(failure?.description.contains(word) == true, "\(failure?.description ?? "")")
        #expect(failure?.place?.hasSuffix("config.json") == true)
    }

    @Test func `memory that is not there is a failure`() {
        for count in [-1, Int.max, 1 << 58] {
            let failure = #expect(throws: Failure.self) { _ = try FloatBuffer(checking: count) }
            #expect(failure?.code == .unavailable)
        }
    }

    @Test(arguments: BertConfiguration.presetNames)
    func `presets make sense`(name: String) throws {
        let configuration = try #require(BertConfiguration.preset(name, vocabularySize: 30_522))
        try configuration.validate()
        #expect(configuration.headSize == 64)
    }

    @Test func `presets have the published number of parameters`() throws {
        let base = try #require(BertConfiguration.preset("base", vocabularySize: 30_522))
        #expect(ParameterLayout(configuration: base, head: .none).parameterCount == 109_482_240)
        let tiny = try #require(BertConfiguration.preset("tiny", vocabularySize: 30_522))
        #expect(ParameterLayout(configuration: tiny, head: .none).parameterCount == 4_385_920)
        #expect(BertConfiguration.preset("huge", vocabularySize: 10) == nil)
    }

    @Test func `query, key and value lie side by side and nothing overlaps`() throws {
        let configuration = BertConfiguration(vocabularySize: 31, hiddenSize: 6, layers: 2, heads: 2)
        let layout = ParameterLayout(configuration: configuration, head: .pretraining(nextSentence: true))
        for kind in ["weight", "bias"] {
            let parts = ["query", "key", "value"].compactMap {
                layout["bert.encoder.layer.1.attention.self.\($0).\(kind)"]
            }
            #expect(parts.count == 3)
            #expect(parts[0].range.upperBound == parts[1].offset && parts[1].range.upperBound == parts[2].offset)
        }
        var end = 0
        for entry in layout.entries {
            #expect(entry.offset >= end)
            end = entry.range.upperBound
            #expect(entry.decays == !(entry.name.hasSuffix("bias") || entry.name.contains("LayerNorm")))
        }
        #expect(end <= layout.count)
    }
}
