import Streaming
import Testing

@testable import Model

@Suite struct RaggedBatchTests {
    private let configuration = BertConfiguration(vocabularySize: 10, hiddenSize: 4, layers: 1, heads: 1)
    private let head = ModelHead.pretraining(nextSentence: true)

    private var good: RaggedBatch {
        var batch = RaggedBatch()
        batch.append(tokens: [1, 2, 3], segments: [0, 0, 1], positions: [1], labels: [5])
        batch.append(tokens: [4], segments: [0], positions: [0], labels: [6])
        batch.sequenceLabels = [0, 1]
        return batch
    }

    @Test func `sequences are appended one after the other`() throws {
        #expect(good.offsets == [0, 3, 4] && good.maskedRows == [1, 3] && good.maskedLabels == [5, 6])
        try good.validate(configuration, head: head)
        try RaggedBatch().validate(configuration, head: head)
    }

    @Test func `a batch the model cannot take is refused`() throws {
        let damages: [(String, (inout RaggedBatch) -> Void)] = [
            ("token id 10", { $0.tokens[1] = 10 }), ("token id -1", { $0.tokens[1] = -1 }),
            ("segment 2", { $0.segments[0] = 2 }), ("segments", { $0.segments.removeLast() }),
            ("offsets", { $0.offsets[2] = 5 }), ("empty", { $0.offsets[1] = 0 }), ("empty", { $0.offsets = [0, 5, 4] }),
            ("masked row 4", { $0.maskedRows[0] = 4 }), ("masked row -1", { $0.maskedRows[0] = -1 }),
            ("masked label 10", { $0.maskedLabels[1] = 10 }), ("labels", { $0.maskedLabels.removeLast() }),
            ("label 2", { $0.sequenceLabels[0] = 2 }), ("have 1 labels", { $0.sequenceLabels.removeLast() }),
            ("offsets", { $0.offsets = [] }),
        ]
        for (word, damage) in damages {
            var batch = good
            damage(&batch)
            let failure = #expect(throws: Failure.self) { try batch.validate(configuration, head: head) }
            #expect(failure?.message.contains(word) == true, "\(word): \(failure?.message ?? "")")
        }
        var short = configuration
        short.maxPositionEmbeddings = 2
        let failure = #expect(throws: Failure.self) { try good.validate(short) }
        #expect(failure?.message.contains("3 tokens") == true)
    }
}
