internal import Foundation
public import Streaming

extension BertConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case intermediateSize = "intermediate_size"
        case activation = "hidden_act"
        case normPlacement = "norm_placement"
        case hiddenDropout = "hidden_dropout_prob"
        case attentionDropout = "attention_probs_dropout_prob"
        case classifierDropout = "classifier_dropout"
        case maxPositionEmbeddings = "max_position_embeddings"
        case typeVocabularySize = "type_vocab_size"
        case initializerRange = "initializer_range"
        case layerNormEpsilon = "layer_norm_eps"
        case padTokenID = "pad_token_id"
        case architectures
        case modelType = "model_type"
        case positionEmbeddingType = "position_embedding_type"
        case isDecoder = "is_decoder"
        case addCrossAttention = "add_cross_attention"
        case tieWordEmbeddings = "tie_word_embeddings"
        case idToLabel = "id2label"
        case labelToID = "label2id"
    }

    /// Reads config.json; keys it lacks get Hugging Face's defaults, keys we do not know are passed over.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, _ other: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? other
        }
        let hidden = try value(.hiddenSize, 768)
        self.init(
            vocabularySize: try value(.vocabularySize, 30_522), hiddenSize: hidden, layers: try value(.layers, 12),
            heads: try value(.heads, 12), intermediateSize: try value(.intermediateSize, 3_072))
        hiddenDropout = try value(.hiddenDropout, 0.1)
        attentionDropout = try value(.attentionDropout, 0.1)
        classifierDropout = try values.decodeIfPresent(Double.self, forKey: .classifierDropout)
        maxPositionEmbeddings = try value(.maxPositionEmbeddings, 512)
        typeVocabularySize = try value(.typeVocabularySize, 2)
        initializerRange = try value(.initializerRange, 0.02)
        layerNormEpsilon = try value(.layerNormEpsilon, 1e-12)
        padTokenID = try value(.padTokenID, 0)
        architectures = try value(.architectures, [])
        labelNames = Self.orderedNames(try values.decodeIfPresent([String: String].self, forKey: .idToLabel))
        let name = try value(.activation, "gelu")
        guard let known = Activation(rawValue: name) else {
            let names = Activation.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.badData, "hidden_act \"\(name)\" is not one of \(names)")
        }
        activation = known
        tiesWordEmbeddings = try value(.tieWordEmbeddings, true)
        try readArchitecture(values)
        try Self.refuseOtherModels(values)
        try validate()
    }

    private static let preNormType = "tessera-pre-layer-norm"
    private static let customPrefix = "tessera-"

    /// What `model_type` and `norm_placement` say.
    ///
    /// Only BERT's own architecture goes by BERT's name, so that no library takes weights of another for BERT's.
    private mutating func readArchitecture(_ values: KeyedDecodingContainer<CodingKeys>) throws {
        let type = try values.decodeIfPresent(String.self, forKey: .modelType) ?? "bert"
        let isKnown = type == "bert" || type == Self.preNormType
        guard isKnown || type.hasPrefix(Self.customPrefix) else {
            throw Self.refusal("model_type is \"\(type)\"")
        }
        if !isKnown { customArchitecture = String(type.dropFirst(Self.customPrefix.count)) }
        let placement = type == Self.preNormType ? NormPlacement.pre : .post
        guard let name = try values.decodeIfPresent(String.self, forKey: .normPlacement) else {
            normPlacement = placement
            return
        }
        guard let known = NormPlacement(rawValue: name) else {
            throw Failure(.badData, "norm_placement \"\(name)\" is neither post nor pre")
        }
        normPlacement = known
    }

    private var modelType: String {
        if let customArchitecture { return Self.customPrefix + customArchitecture }
        return normPlacement == .pre ? Self.preNormType : "bert"
    }

    private static func refusal(_ what: String) -> Failure {
        Failure(.badData, "\(what); only BERT encoders with absolute positions are supported")
    }

    private static func refuseOtherModels(_ values: KeyedDecodingContainer<CodingKeys>) throws {
        if let type = try values.decodeIfPresent(String.self, forKey: .positionEmbeddingType), type != "absolute" {
            throw refusal("position_embedding_type is \"\(type)\"")
        }
        for key in [CodingKeys.isDecoder, .addCrossAttention] {
            if try values.decodeIfPresent(Bool.self, forKey: key) == true { throw refusal("\(key.rawValue) is true") }
        }
    }

    /// The names by number, if the numbers are 0, 1, 2 ...
    private static func orderedNames(_ names: [String: String]?) -> [String]? {
        guard let names else { return nil }
        let ordered = (0..<names.count).compactMap { names[String($0)] }
        return ordered.count == names.count ? ordered : nil
    }

    /// Writes the keys of Hugging Face's config.json.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(modelType, forKey: .modelType)
        try values.encode(architectures, forKey: .architectures)
        try values.encode(vocabularySize, forKey: .vocabularySize)
        try values.encode(hiddenSize, forKey: .hiddenSize)
        try values.encode(layers, forKey: .layers)
        try values.encode(heads, forKey: .heads)
        try values.encode(intermediateSize, forKey: .intermediateSize)
        try values.encode(activation.rawValue, forKey: .activation)
        if normPlacement != .post { try values.encode(normPlacement, forKey: .normPlacement) }
        if !tiesWordEmbeddings { try values.encode(false, forKey: .tieWordEmbeddings) }
        try values.encode(hiddenDropout, forKey: .hiddenDropout)
        try values.encode(attentionDropout, forKey: .attentionDropout)
        try values.encodeIfPresent(classifierDropout, forKey: .classifierDropout)
        try values.encode(maxPositionEmbeddings, forKey: .maxPositionEmbeddings)
        try values.encode(typeVocabularySize, forKey: .typeVocabularySize)
        try values.encode(initializerRange, forKey: .initializerRange)
        try values.encode(layerNormEpsilon, forKey: .layerNormEpsilon)
        try values.encode(padTokenID, forKey: .padTokenID)
        try values.encode("absolute", forKey: .positionEmbeddingType)
        guard let labelNames else { return }
        let pairs = labelNames.enumerated()
        try values.encode(
            Dictionary(pairs.map { (String($0), $1) }, uniquingKeysWith: { a, _ in a }), forKey: .idToLabel)
        try values.encode(Dictionary(pairs.map { ($1, $0) }, uniquingKeysWith: { a, _ in a }), forKey: .labelToID)
    }
}

extension BertConfiguration {
    /// Reads config.json.
    /// - Parameter path: the file, or the folder that holds it.
    public init(contentsOf path: String) throws(Failure) {
        let file = Files.isDirectory(path) ? path + "/config.json" : path
        let bytes = try Files.read(file)
        do {
            self = try JSONDecoder().decode(BertConfiguration.self, from: Data(bytes))
        } catch let failure as Failure {
            throw Failure(failure.code, failure.message, at: file, remedy: failure.remedy)
        } catch let error as DecodingError {
            throw Failure(.badData, "is not a BERT configuration: \(Self.explain(error))", at: file)
        } catch {
            throw Failure(.badData, "is not a BERT configuration", at: file)
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
            let key = context.codingPath.last?.stringValue ?? "the file"
            return "\(key): \(context.debugDescription)"
        default:
            return "it is not valid JSON"
        }
    }

    /// Writes config.json into a folder, with the architecture the head stands for.
    public func write(to directory: String, head: ModelHead) throws(Failure) {
        var copy = self
        copy.architectures = [head.architecture]
        if case .classification(let labels) = head, copy.labelNames?.count != labels {
            copy.labelNames = (0..<labels).map { "LABEL_\($0)" }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(copy) else { throw Failure(.bug, "a configuration cannot be encoded") }
        try Files.write(Array(data) + [0x0A], to: directory + "/config.json")
    }
}
