/// One pretraining instance as it is stored: two segments without special tokens and without masks.
public struct Instance: Sendable, Equatable {
    /// Its number in its split.
    public var index: Int
    /// The split it is in.
    public var split: ShardSplit
    /// Token ids of segment A, at least one.
    public var a: [Int32]
    /// Token ids of segment B; none with the objective `mlm`.
    public var b: [Int32]
    /// NSP: B comes from another document. SOP: A and B are swapped.
    public var isRandomNext: Bool
    /// Corpus ids of the documents the segments come from.
    public var documentA, documentB: Int64
    /// Static masking: the masked positions, ascending, in [CLS] A [SEP] B [SEP].
    public var staticPositions: [Int32]?
    /// Static masking: the true ids at those positions.
    public var staticLabels: [Int32]?
    /// Static masking: the ids that stand there in the input: [MASK], another piece, or the true one.
    public var staticReplacements: [Int32]?

    /// Creates an instance.
    public init(
        index: Int, split: ShardSplit = .train, a: [Int32], b: [Int32], isRandomNext: Bool, documentA: Int64,
        documentB: Int64, staticPositions: [Int32]? = nil, staticLabels: [Int32]? = nil,
        staticReplacements: [Int32]? = nil
    ) {
        self.index = index
        self.split = split
        self.a = a
        self.b = b
        self.isRandomNext = isRandomNext
        self.documentA = documentA
        self.documentB = documentB
        self.staticPositions = staticPositions
        self.staticLabels = staticLabels
        self.staticReplacements = staticReplacements
    }
}

/// An instance as a model reads it.
public struct MaskedExample: Sendable, Equatable {
    /// [CLS] A [SEP] B [SEP], masks applied.
    public var tokens: [Int32]
    /// 0 up to and including the first [SEP], then 1.
    public var segments: [UInt8]
    /// Masked positions in `tokens`, ascending.
    public var positions: [Int32]
    /// The true ids at those positions.
    public var labels: [Int32]
    /// The label of the second task.
    public var isRandomNext: Bool

    /// Creates an example; the arrays are as their properties say.
    public init(tokens: [Int32], segments: [UInt8], positions: [Int32], labels: [Int32], isRandomNext: Bool) {
        self.tokens = tokens
        self.segments = segments
        self.positions = positions
        self.labels = labels
        self.isRandomNext = isRandomNext
    }
}
