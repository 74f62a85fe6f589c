public import Streaming

/// Sequences of different lengths, one after the other without padding.
public struct RaggedBatch: Sendable, Equatable {
    /// Token ids of all sequences, [rows].
    public var tokens: [Int32]
    /// Segment (token type) of each token, [rows].
    public var segments: [UInt8]
    /// Where each sequence begins, and the end of the last: [sequences + 1], from 0 up to rows.
    public var offsets: [Int32]
    /// Rows whose token is to be predicted, [masked].
    public var maskedRows: [Int32]
    /// The true ids at those rows, [masked].
    public var maskedLabels: [Int32]
    /// The class of each sequence (next sentence: 0 = B follows A), [sequences], or empty when none.
    public var sequenceLabels: [Int32]
    /// The regression target of each sequence, [sequences], or empty when none.
    public var sequenceTargets: [Float]

    /// Creates a batch; `validate` tells whether a model can take it.
    public init(
        tokens: [Int32] = [], segments: [UInt8] = [], offsets: [Int32] = [0], maskedRows: [Int32] = [],
        maskedLabels: [Int32] = [], sequenceLabels: [Int32] = [], sequenceTargets: [Float] = []
    ) {
        self.tokens = tokens
        self.segments = segments
        self.offsets = offsets
        self.maskedRows = maskedRows
        self.maskedLabels = maskedLabels
        self.sequenceLabels = sequenceLabels
        self.sequenceTargets = sequenceTargets
    }

    /// Tokens in all.
    public var rows: Int { tokens.count }

    /// Sequences in all.
    public var sequences: Int { max(0, offsets.count - 1) }

    /// The rows of a sequence.
    public func range(_ sequence: Int) -> Range<Int> { Int(offsets[sequence])..<Int(offsets[sequence + 1]) }

    /// Appends a sequence.
    /// - Parameters:
    ///   - positions: masked positions counted from the sequence's start.
    ///   - labels: their true ids, as many.
    public mutating func append(
        tokens new: [Int32], segments newSegments: [UInt8], positions: [Int32] = [], labels: [Int32] = []
    ) {
        let first = Int32(truncatingIfNeeded: tokens.count)
        tokens += new
        segments += newSegments
        for position in positions { maskedRows.append(first &+ position) }
        maskedLabels += labels
        offsets.append(Int32(truncatingIfNeeded: tokens.count))
    }

    /// Removes all sequences and keeps the memory.
    public mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        segments.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
        maskedRows.removeAll(keepingCapacity: true)
        maskedLabels.removeAll(keepingCapacity: true)
        sequenceLabels.removeAll(keepingCapacity: true)
        sequenceTargets.removeAll(keepingCapacity: true)
    }
}

extension RaggedBatch {
    /// Throws unless a model of this configuration and head can take the batch.
    ///
    /// `BertModel` takes only batches that pass; it traps on others rather than read outside its tables.
    /// - Parameter head: the model's head; nil checks tokens alone.
    public func validate(_ configuration: BertConfiguration, head: ModelHead? = nil) throws(Failure) {
        try validateShape(configuration)
        try validateTokens(configuration)
        try validateMasked(configuration)
        if let head { try validateSequenceLabels(head) }
    }

    private func validateShape(_ configuration: BertConfiguration) throws(Failure) {
        guard segments.count == tokens.count else {
            throw Failure(.badData, "a batch has \(tokens.count) tokens but \(segments.count) segments")
        }
        guard offsets.first == 0, Int(offsets.last ?? -1) == tokens.count else {
            throw Failure(.badData, "a batch's offsets do not run from 0 to its \(tokens.count) tokens")
        }
        for sequence in 0..<sequences {
            let length = Int(offsets[sequence + 1]) - Int(offsets[sequence])
            guard length > 0 else { throw Failure(.badData, "sequence \(sequence) of a batch is empty") }
            guard length <= configuration.maxPositionEmbeddings else {
                throw Failure(
                    .badData,
                    "sequence \(sequence) has \(length) tokens; the model has \(configuration.maxPositionEmbeddings) positions",
                    remedy: "use shorter sequences or a model with more positions")
            }
        }
    }

    private func validateTokens(_ configuration: BertConfiguration) throws(Failure) {
        for (row, token) in tokens.enumerated() where token < 0 || Int(token) >= configuration.vocabularySize {
            throw Failure(
                .badData,
                "token id \(token) in row \(row) is outside the vocabulary of \(configuration.vocabularySize)",
                remedy: "use the vocabulary the model was made for")
        }
        for (row, segment) in segments.enumerated() where Int(segment) >= configuration.typeVocabularySize {
            throw Failure(
                .badData, "segment \(segment) in row \(row); the model knows \(configuration.typeVocabularySize)")
        }
    }

    private func validateMasked(_ configuration: BertConfiguration) throws(Failure) {
        guard maskedRows.count == maskedLabels.count else {
            throw Failure(.badData, "\(maskedRows.count) masked rows have \(maskedLabels.count) labels")
        }
        for row in maskedRows where row < 0 || Int(row) >= tokens.count {
            throw Failure(.badData, "masked row \(row) is outside the batch of \(tokens.count) rows")
        }
        for label in maskedLabels where label < 0 || Int(label) >= configuration.vocabularySize {
            throw Failure(
                .badData, "masked label \(label) is outside the vocabulary of \(configuration.vocabularySize)")
        }
    }

    private func validateSequenceLabels(_ head: ModelHead) throws(Failure) {
        let targets = head.isRegression ? sequenceTargets.count : sequenceLabels.count
        guard targets == 0 || targets == sequences else {
            throw Failure(.badData, "\(sequences) sequences have \(targets) labels")
        }
        guard !head.isRegression, head.sequenceOutputs > 0 else { return }
        for (sequence, label) in sequenceLabels.enumerated() where label < 0 || Int(label) >= head.sequenceOutputs {
            throw Failure(
                .badData, "label \(label) of sequence \(sequence); the head has \(head.sequenceOutputs) classes")
        }
    }
}
