public import Streaming

/// The shape of a BERT, with the names, defaults and file format (config.json) of Hugging Face's `BertConfig`.
public struct BertConfiguration: Sendable, Equatable {
    /// Pieces in the vocabulary.
    public var vocabularySize: Int
    /// Width of the network.
    public var hiddenSize: Int
    /// Encoder layers.
    public var layers: Int
    /// Attention heads; they divide the width.
    public var heads: Int
    /// Width inside the feed-forward part.
    public var intermediateSize: Int
    /// The nonlinearity of the feed-forward part and of the masked-LM head.
    public var activation: Activation = .gelu
    /// Dropout after the embeddings and each sublayer.
    public var hiddenDropout = 0.1
    /// Dropout on attention probabilities.
    public var attentionDropout = 0.1
    /// Dropout before the classifier; nil means `hiddenDropout`.
    public var classifierDropout: Double?
    /// Where the LayerNorm of each sublayer stands.
    public var normPlacement: NormPlacement = .post
    /// Whether the masked-LM head's decoder is the table of word embeddings; otherwise it has weights of its own.
    public var tiesWordEmbeddings = true
    /// Longest sequence.
    public var maxPositionEmbeddings = 512
    /// Segments.
    public var typeVocabularySize = 2
    /// Standard deviation of initial weights.
    public var initializerRange = 0.02
    /// Added to the variance in LayerNorm.
    public var layerNormEpsilon = 1e-12
    /// The id of [PAD]; its embedding gets no gradient from the lookup.
    public var padTokenID: Int32 = 0
    /// The names of the classes of a classification head, in order of their numbers; nil when none were given.
    public var labelNames: [String]?
    /// The name of an architecture of your own (`Architecture`) the weights are made for; nil for BERT's.
    public var customArchitecture: String?
    /// Classes of Hugging Face's library the weights are made for.
    public var architectures: [String] = []

    /// Creates a configuration; `validate` tells whether it makes sense.
    public init(vocabularySize: Int, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int? = nil) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        self.intermediateSize = intermediateSize ?? 4 * hiddenSize
    }

    /// Numbers per attention head.
    public var headSize: Int { hiddenSize / max(1, heads) }

    /// The sizes of Turc et al.
    ///
    /// 2019 ("Well-read students learn better") and Devlin et al. 2018, by name.
    public static let presetNames = ["tiny", "mini", "small", "medium", "base", "large"]

    /// The configuration called `name` (one of `presetNames`), nil when there is none.
    public static func preset(_ name: String, vocabularySize: Int) -> BertConfiguration? {
        let shape: (layers: Int, hidden: Int, heads: Int)
        switch name {
        case "tiny": shape = (2, 128, 2)
        case "mini": shape = (4, 256, 4)
        case "small": shape = (4, 512, 8)
        case "medium": shape = (8, 512, 8)
        case "base": shape = (12, 768, 12)
        case "large": shape = (24, 1024, 16)
        default: return nil
        }
        return BertConfiguration(
            vocabularySize: vocabularySize, hiddenSize: shape.hidden, layers: shape.layers, heads: shape.heads)
    }

    /// Throws unless the numbers fit together.
    public func validate() throws(Failure) {
        let sizes = [
            ("vocab_size", vocabularySize), ("hidden_size", hiddenSize), ("num_attention_heads", heads),
            ("intermediate_size", intermediateSize), ("max_position_embeddings", maxPositionEmbeddings),
            ("type_vocab_size", typeVocabularySize),
        ]
        for (name, size) in sizes where size < 1 || size > 1 << 24 {
            throw Failure(.badData, "\(name) is \(size)", remedy: "give a number from 1 to \(1 << 24)")
        }
        guard layers >= 0, layers <= 1 << 12 else {
            throw Failure(.badData, "num_hidden_layers is \(layers)", remedy: "give a number from 0 to \(1 << 12)")
        }
        guard hiddenSize % heads == 0 else {
            throw Failure(
                .badData, "num_attention_heads is \(heads), which does not divide hidden_size \(hiddenSize)",
                remedy: "choose a number of heads that divides the width")
        }
        guard typeVocabularySize <= 256, maxPositionEmbeddings <= 1 << 20 else {
            throw Failure(.badData, "type_vocab_size is above 256 or max_position_embeddings above \(1 << 20)")
        }
        let rates = [
            ("hidden_dropout_prob", hiddenDropout), ("attention_probs_dropout_prob", attentionDropout),
            ("classifier_dropout", classifierDropout ?? 0),
        ]
        for (name, rate) in rates where !(rate >= 0 && rate < 1) {
            throw Failure(.badData, "\(name) is \(rate)", remedy: "give a number from 0 to below 1")
        }
        guard layerNormEpsilon >= 0, initializerRange >= 0 else {
            throw Failure(.badData, "layer_norm_eps or initializer_range is negative or not a number")
        }
        guard parameterEstimate <= BertConfiguration.maximumParameters else {
            throw Failure(
                .badData,
                "the sizes make \(parameterEstimate) parameters, \(BertConfiguration.maximumParameters) at most",
                remedy: "check hidden_size, intermediate_size, num_hidden_layers and vocab_size")
        }
    }

    /// Most parameters of a model, some two hundred times those of the largest preset.
    private static let maximumParameters = 1 << 36

    /// The weights of the matrices.
    ///
    /// Sizes of at most 2^24 and layers of at most 2^12 make less than 2^63, so that nothing here overflows.
    private var parameterEstimate: Int {
        let layer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * intermediateSize
        let embeddings = (vocabularySize + maxPositionEmbeddings + typeVocabularySize) * hiddenSize
        let decoder = tiesWordEmbeddings ? 0 : vocabularySize * hiddenSize
        return layers * layer + embeddings + decoder + 2 * hiddenSize * hiddenSize
    }
}
