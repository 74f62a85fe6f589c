/// What sits on top of the encoder.
public enum ModelHead: Sendable, Equatable {
    /// Masked language modelling, and next-sentence (or sentence-order) prediction if asked for.
    case pretraining(nextSentence: Bool)
    /// A linear layer on the pooled first token; one label means regression with squared error.
    case classification(labels: Int)
    /// The encoder and its pooler alone.
    case none

    /// Numbers a sequence gets from the head on the pooled first token; 0 without such a head.
    var sequenceOutputs: Int {
        switch self {
        case .pretraining(let nextSentence): nextSentence ? 2 : 0
        case .classification(let labels): labels
        case .none: 0
        }
    }

    /// Masked-LM models without next-sentence prediction have no pooler: nothing would train it.
    var hasPooler: Bool { self != .pretraining(nextSentence: false) }

    var predictsMaskedTokens: Bool {
        if case .pretraining = self { true } else { false }
    }

    /// One label is a regression.
    var isRegression: Bool { self == .classification(labels: 1) }

    /// The class that holds this model in Hugging Face's library.
    public var architecture: String {
        switch self {
        case .pretraining(let nextSentence): nextSentence ? "BertForPreTraining" : "BertForMaskedLM"
        case .classification: "BertForSequenceClassification"
        case .none: "BertModel"
        }
    }
}
