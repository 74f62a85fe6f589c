/// What the two segments of an instance are, and what the model has to tell of them.
public enum ShardObjective: String, Codable, Sendable, CaseIterable {
    /// Next-sentence prediction (Devlin et al. 2019, §3.1): B follows A, or comes from another document.
    case nsp
    /// Sentence-order prediction (Lan et al. 2020, §3.1): B follows A, or the two are swapped.
    case sop
    /// Masked words alone: runs of whole sentences (RoBERTa, §4.2).
    case mlm

    /// Special tokens around the segments: [CLS] A [SEP] B [SEP], or [CLS] A [SEP].
    public var specialTokens: Int { self == .mlm ? 2 : 3 }
}

/// How sentences are packed into an instance where the objective is masked words alone (RoBERTa, §4.2).
public enum ShardPacking: String, Codable, Sendable, CaseIterable {
    /// DOC-SENTENCES: sentences of one document.
    case document
    /// FULL-SENTENCES: sentences of one document after the other, a [SEP] between documents.
    case full
}

/// When masks are drawn.
public enum ShardMasking: String, Codable, Sendable, CaseIterable {
    /// Anew in every epoch, while training.
    case dynamic
    /// Once, and stored in the shards.
    case `static`
}

/// What becomes of tokens that do not fit into an instance.
public enum ShardTruncation: String, Codable, Sendable, CaseIterable {
    /// They open the next instance, so that nothing is lost.
    case carry
    /// They are left out, as published: the longer segment loses tokens at a random end until both fit.
    case drop
}

/// The two parts of a set of shards; a document is in one of them only.
public enum ShardSplit: String, Codable, Sendable, CaseIterable {
    case train, validation

    var number: UInt64 { self == .train ? 0 : 1 }
}
