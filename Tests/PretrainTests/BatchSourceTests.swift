import Foundation
import Model
import Shard
import Streaming
import Testing
import Tokenize
import Training

@testable import Pretrain

@Test func `the ranks' shares together are the batch of one, sequence by sequence`() throws {
    let toy = try ToyShards(documents: 20)
    let reader = try ShardReader(toy.path)
    let policy = MaskingPolicy(reader.information, vocabulary: try reader.tokenizer().vocabulary)
    let cutter = MicroBatchCutter(sequences: 3, hasSequenceLabels: true)
    var walk = ShardWalk(reader, policy, seed: 5)
    func source(_ rank: Int, _ ranks: Int) -> BatchSource {
        BatchSource(plan: BatchPlan(global: 11), cutter: cutter, rank: rank, ranks: ranks)
    }
    let (one, first, second, third) = (source(0, 1), source(0, 3), source(1, 3), source(2, 3))
    let epochs = 3
    for step in 1...epochs * reader.count(.train) / 11 + 1 {
        let whole = try one.batch(step: step, of: &walk)
        let parts = try [first, second, third].map { try $0.batch(step: step, of: &walk) }
        let cut = parts.flatMap { $0.microBatches.flatMap(rows) }
        #expect(whole.microBatches.flatMap(rows) == cut)
        #expect(cut.count == 11)
        #expect(parts.map { $0.firstSequences[0] } == [0, 3, 7])
        #expect(whole.firstSequences == [0, 3, 6, 9])
    }
}

private func rows(_ batch: RaggedBatch) -> [[Int32]] {
    (0..<batch.sequences).map { Array(batch.tokens[batch.range($0)]) + [batch.sequenceLabels[$0]] }
}

@Test func `an epoch visits every instance once`() throws {
    let toy = try ToyShards(documents: 20)
    let reader = try ShardReader(toy.path)
    let order = reader.order(seed: 5, epoch: 1, .train)
    #expect(Set((0..<order.count).map { order[$0] }).count == reader.count(.train))
    let place = BatchPlan(global: 10).place(step: 4, count: 12)
    #expect(place.epoch == 2 && place.position == 6)
}

@Test func `a growing batch walks on without a gap, and what is passed over comes first`() {
    for plan in [
        BatchPlan(global: 32), BatchPlan(global: 32, initial: 4, warmupSteps: 10),
        BatchPlan(global: 7, initial: 1, warmupSteps: 100, passedOver: 50),
        BatchPlan(global: 5, initial: 5, warmupSteps: 1),
    ] {
        #expect(plan.first(step: 1) == (plan.global == 7 ? 50 : 0))
        for step in 1..<150 {
            #expect(plan.first(step: step + 1) == plan.first(step: step) + plan.size(step: step))
            #expect((1...plan.global).contains(plan.size(step: step)))
            #expect(plan.size(step: step) <= plan.size(step: step + 1))
        }
        #expect(plan.size(step: 149) == plan.global)
    }
    let grown = BatchPlan(global: 32, initial: 4, warmupSteps: 4)
    #expect((1...6).map { grown.size(step: $0) } == [4, 11, 18, 25, 32, 32])
}

@Test func `micro-batches by tokens hold at least one sequence and no more than fit`() {
    let long = MaskedExample(
        tokens: [Int32](repeating: 1, count: 1_500), segments: [UInt8](repeating: 0, count: 1_500), positions: [],
        labels: [], isRandomNext: false)
    let share = MicroBatchCutter(sequences: 0, hasSequenceLabels: false).cut([long, long, long, long, long], first: 7)
    #expect(share.microBatches.map(\.sequences) == [2, 2, 1])
    #expect(share.firstSequences == [7, 9, 11])
}

@Test func `the unigram baseline is the cross-entropy under smoothed counts`() {
    // p = 3/4, 1/4: -(ln 0.75 + ln 0.25) / 2
    #expect(abs(UnigramBaseline.crossEntropy([0, 1], [3, 1]) - 0.8369882168) < 1e-9)
}
