internal import Model
internal import Streaming
internal import Tokenize

/// The examples of a file as ids: [CLS] A [SEP], or [CLS] A [SEP] B [SEP], all in one flat buffer.
struct EncodedExamples: Sendable {
    /// Tokens of a micro-batch: enough for full speed, little memory.
    static let batchTokens = 4_096

    private(set) var tokens: [Int32] = []
    private(set) var offsets = [0]
    /// Where segment 1 begins in each example, counted from its start.
    private(set) var secondStarts: [Int32] = []
    private(set) var labels: [Int32] = []
    private(set) var scores: [Float] = []
    let isRegression: Bool

    var count: Int { labels.count }

    /// - Parameter maxLength: tokens of an example at most, special tokens included.
    init(
        _ examples: GlueExamples, task: GlueTask, tokenizer: WordPieceTokenizer, maxLength: Int
    ) {
        isRegression = task.labelCount == 1
        let encoder = tokenizer.makeEncoder()
        let (start, end) = (tokenizer.vocabulary.classificationID, tokenizer.vocabulary.separatorID)
        var (first, second): ([Int32], [Int32]) = ([], [])
        for example in examples.examples {
            first.removeAll(keepingCapacity: true)
            second.removeAll(keepingCapacity: true)
            encoder.encode(example.first, 0..<example.first.count, into: &first)
            if let text = example.second { encoder.encode(text, 0..<text.count, into: &second) }
            let special = example.second == nil ? 2 : 3
            EncodedExamples.truncate(&first, &second, to: max(1, maxLength - special))
            tokens.append(start)
            tokens += first
            tokens.append(end)
            secondStarts.append(Int32(first.count + 2))
            if example.second != nil { tokens += second + [end] }
            offsets.append(tokens.count)
            labels.append(example.label)
            scores.append(example.score)
        }
    }

    /// Shortens the longer of the two, token by token from its end, until both fit.
    static func truncate(_ first: inout [Int32], _ second: inout [Int32], to limit: Int) {
        while first.count + second.count > limit {
            if first.count > second.count { first.removeLast() } else { second.removeLast() }
        }
    }

    /// The examples of these numbers, cut into micro-batches.
    func batches(_ numbers: some Sequence<Int>) -> [RaggedBatch] {
        var batches: [RaggedBatch] = []
        var batch = RaggedBatch()
        for number in numbers {
            let range = offsets[number]..<offsets[number + 1]
            if batch.sequences > 0, batch.rows + range.count > EncodedExamples.batchTokens {
                batches.append(batch)
                batch = RaggedBatch()
            }
            append(number, range, to: &batch)
        }
        if batch.sequences > 0 { batches.append(batch) }
        return batches
    }

    private func append(_ number: Int, _ range: Range<Int>, to batch: inout RaggedBatch) {
        let second = Int(secondStarts[number])
        let segments = (0..<range.count).map { UInt8($0 < second ? 0 : 1) }
        batch.append(tokens: Array(tokens[range]), segments: segments)
        if isRegression {
            batch.sequenceTargets.append(scores[number])
        } else {
            batch.sequenceLabels.append(labels[number])
        }
    }
}
