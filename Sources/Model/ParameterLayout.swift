/// Where each parameter lies in the flat buffers of a model.
///
/// Names and shapes are those of Hugging Face's BERT, for pre-LN layers those of its `RobertaPreLayerNorm`. A decoder
/// tied to the word embeddings is stored once.
/// Query, key and value of a layer lie side by side (weights, then biases), so that one product serves all three.
public struct ParameterLayout: Sendable, Equatable {
    /// One parameter tensor.
    public struct Entry: Sendable, Equatable {
        /// Hugging Face's name, for example `bert.encoder.layer.0.attention.self.query.weight`.
        public let name: String
        /// Row-major; a linear layer's weight is [outputs, inputs].
        public let shape: [Int]
        /// The first float in the flat buffer; a multiple of 16 unless the shape forbids it.
        public let offset: Int
        /// Floats in the tensor.
        public let count: Int
        /// What the tensor is filled with at first.
        public let initial: InitialValue
        /// Whether it belongs to a part of your own (`Architecture`), which weights of a plain BERT lack.
        public let isOwn: Bool
        /// Whether weight decay (and LAMB's trust ratio, in its released form) applies: not to biases and LayerNorm.
        public let decays: Bool

        /// The floats of the tensor in the flat buffer.
        public var range: Range<Int> { offset..<offset + count }
    }

    /// What a tensor is filled with before training.
    public enum InitialValue: Sendable {
        /// Draws from a normal distribution cut off at two standard deviations (`initializerRange` each).
        case normal
        /// Zeros, as in biases.
        case zero
        /// Ones, as in the scale of LayerNorm.
        case one
    }

    /// In the order of the network, first layer first.
    public private(set) var entries: [Entry] = []
    /// Floats in the flat buffer, including the few of padding between tensors, which stay zero.
    public private(set) var count = 0
    /// Trainable numbers.
    public var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }
    private var indices: [String: Int] = [:]

    /// The entry of that name.
    public subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// The layout of a model.
    public init(configuration: BertConfiguration, head: ModelHead) {
        var none = OwnParts()
        self.init(configuration: configuration, head: head, Architecture(), &none)
    }

    /// The layout of a model with parts of its own, which are made on the way.
    init(
        configuration: BertConfiguration, head: ModelHead, _ architecture: Architecture, _ parts: inout OwnParts
    ) {
        addEmbeddings(configuration)
        for layer in 0..<configuration.layers {
            let prefix = "bert.encoder.layer.\(layer)."
            if architecture.layer == nil {
                addLayer(prefix, configuration)
            } else if !parts.addLayer(layer, prefix, architecture, configuration, to: &self) {
                addLayer(prefix, configuration)
            }
        }
        if configuration.normPlacement == .pre { addLayerNorm("bert.LayerNorm", configuration.hiddenSize) }
        if head.hasPooler { addLinear("bert.pooler.dense", configuration.hiddenSize, configuration.hiddenSize) }
        addHead(head, configuration)
        parts.addObjectives(architecture, configuration, to: &self)
        count = (count + 15) & ~15
    }

    private mutating func addEmbeddings(_ configuration: BertConfiguration) {
        let hidden = configuration.hiddenSize
        let prefix = "bert.embeddings."
        add(prefix + "word_embeddings.weight", [configuration.vocabularySize, hidden])
        add(prefix + "position_embeddings.weight", [configuration.maxPositionEmbeddings, hidden])
        add(prefix + "token_type_embeddings.weight", [configuration.typeVocabularySize, hidden])
        addLayerNorm(prefix + "LayerNorm", hidden)
    }

    private mutating func addLayer(_ prefix: String, _ configuration: BertConfiguration) {
        let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        let placement = configuration.normPlacement
        let names = ParameterLayout.normNames(prefix, placement)
        if placement == .pre { addLayerNorm(names.attention, hidden) }
        for (index, name) in ["query", "key", "value"].enumerated() {
            add(prefix + "attention.self.\(name).weight", [hidden, hidden], packed: index > 0)
        }
        for (index, name) in ["query", "key", "value"].enumerated() {
            add(prefix + "attention.self.\(name).bias", [hidden], .zero, packed: index > 0)
        }
        addLinear(prefix + "attention.output.dense", hidden, hidden)
        if placement == .post { addLayerNorm(names.attention, hidden) }
        if placement == .pre { addLayerNorm(names.feedForward, hidden) }
        addLinear(prefix + "intermediate.dense", inner, hidden)
        addLinear(prefix + "output.dense", hidden, inner)
        if placement == .post { addLayerNorm(names.feedForward, hidden) }
    }

    /// The LayerNorms of a layer's two sublayers.
    static func normNames(_ prefix: String, _ placement: NormPlacement) -> (attention: String, feedForward: String) {
        switch placement {
        case .post: (prefix + "attention.output.LayerNorm", prefix + "output.LayerNorm")
        case .pre: (prefix + "attention.LayerNorm", prefix + "intermediate.LayerNorm")
        }
    }

    /// The masked-LM head's weights over the vocabulary.
    static func decoderName(_ configuration: BertConfiguration) -> String {
        configuration.tiesWordEmbeddings ? "bert.embeddings.word_embeddings.weight" : "cls.predictions.decoder.weight"
    }

    private mutating func addHead(_ head: ModelHead, _ configuration: BertConfiguration) {
        let hidden = configuration.hiddenSize
        switch head {
        case .pretraining(let nextSentence):
            add("cls.predictions.bias", [configuration.vocabularySize], .zero)
            if !configuration.tiesWordEmbeddings {
                add(ParameterLayout.decoderName(configuration), [configuration.vocabularySize, hidden])
            }
            addLinear("cls.predictions.transform.dense", hidden, hidden)
            addLayerNorm("cls.predictions.transform.LayerNorm", hidden)
            if nextSentence { addLinear("cls.seq_relationship", 2, hidden) }
        case .classification(let labels):
            addLinear("classifier", labels, hidden)
        case .none:
            break
        }
    }

    private mutating func addLinear(_ name: String, _ outputs: Int, _ inputs: Int) {
        add(name + ".weight", [outputs, inputs])
        add(name + ".bias", [outputs], .zero)
    }

    private mutating func addLayerNorm(_ name: String, _ size: Int) {
        add(name + ".weight", [size], .one)
        add(name + ".bias", [size], .zero)
    }

    /// Adds a tensor.
    /// - Parameters:
    ///   - packed: whether it begins where the one before it ends.
    ///   - isOwn: whether it belongs to a part of your own.
    mutating func add(
        _ name: String, _ shape: [Int], _ initial: InitialValue = .normal, packed: Bool = false, isOwn: Bool = false
    ) {
        precondition(indices[name] == nil, "two parameters are called \(name)")
        if !packed { count = (count + 15) & ~15 }
        let size = shape.reduce(1, *)
        indices[name] = entries.count
        entries.append(
            Entry(
                name: name, shape: shape, offset: count, count: size, initial: initial, isOwn: isOwn,
                decays: initial == .normal))
        count += size
    }
}
