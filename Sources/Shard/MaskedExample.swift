/// An instance as a model reads it.
public struct MaskedExample: Sendable, Equatable {
    /// [CLS] A [SEP] B [SEP], masks applied.
    public var tokens: [Int32]
    /// 0 up to and including the first [SEP], then 1; with `mlm` 0 everywhere.
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
