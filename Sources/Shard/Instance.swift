/// One pretraining instance as it is stored: runs of tokens without special tokens and without masks.
///
/// A run is a stretch of one document. `nsp` and `sop` have two, segment A and segment B; `mlm` has one, or with
/// packing across documents one for each document. The model reads [CLS] run [SEP], run [SEP], and so on.
public struct Instance: Sendable, Equatable {
    /// A stretch of one document.
    public struct Run: Sendable, Equatable {
        /// Key of the document: its id in its corpus, plus 2^40 for each corpus before that one.
        public var document: Int64
        /// Its tokens, at least one.
        public var count: Int

        /// Creates a run.
        public init(document: Int64, count: Int) {
            self.document = document
            self.count = count
        }
    }

    /// Its number in its split.
    public var index: Int
    /// The split it is in.
    public var split: ShardSplit
    /// Token ids of all runs, one after the other.
    public var tokens: [Int32]
    /// The runs, at least one; their counts add up to that of the tokens.
    public var runs: [Run]
    /// NSP: B comes from another document.
    ///
    /// SOP: A and B are swapped.
    public var isRandomNext: Bool
    /// Static masking: the masked positions, ascending, in [CLS] A [SEP] B [SEP].
    public var staticPositions: [Int32]?
    /// Static masking: the true ids at those positions.
    public var staticLabels: [Int32]?
    /// Static masking: the ids that stand there in the input: [MASK], another piece, or the true one.
    public var staticReplacements: [Int32]?

    /// Token ids of the first run: segment A.
    public var a: [Int32] { Array(tokens.prefix(runs.first?.count ?? 0)) }
    /// Token ids of all further runs: segment B.
    public var b: [Int32] { Array(tokens.dropFirst(runs.first?.count ?? 0)) }
    /// Key of the document the first run comes from.
    public var documentA: Int64 { runs.first?.document ?? 0 }
    /// Key of the document the last run comes from.
    public var documentB: Int64 { runs.last?.document ?? 0 }

    /// Creates an instance.
    public init(
        index: Int, split: ShardSplit = .train, tokens: [Int32], runs: [Run], isRandomNext: Bool,
        staticPositions: [Int32]? = nil, staticLabels: [Int32]? = nil, staticReplacements: [Int32]? = nil
    ) {
        self.index = index
        self.split = split
        self.tokens = tokens
        self.runs = runs
        self.isRandomNext = isRandomNext
        self.staticPositions = staticPositions
        self.staticLabels = staticLabels
        self.staticReplacements = staticReplacements
    }

    /// Creates an instance of two segments, or of one when `b` is empty.
    public init(
        index: Int, split: ShardSplit = .train, a: [Int32], b: [Int32], isRandomNext: Bool, documentA: Int64,
        documentB: Int64, staticPositions: [Int32]? = nil, staticLabels: [Int32]? = nil,
        staticReplacements: [Int32]? = nil
    ) {
        var runs = [Run(document: documentA, count: a.count)]
        if !b.isEmpty { runs.append(Run(document: documentB, count: b.count)) }
        self.init(
            index: index, split: split, tokens: a + b, runs: runs, isRandomNext: isRandomNext,
            staticPositions: staticPositions, staticLabels: staticLabels, staticReplacements: staticReplacements)
    }
}
