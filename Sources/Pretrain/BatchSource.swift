internal import Model
internal import Shard
internal import Streaming
internal import Training

/// Gives one rank its share of every global batch, as a function of (seed, step) alone: a resume is a seek.
///
/// The train split is visited epoch after epoch, each in an order of its own; a batch may reach into the next epoch.
/// Which part of the walk a step takes is told by a `BatchPlan`. Used from one thread.
final class BatchSource {
    private let reader: ShardReader
    private let policy: MaskingPolicy
    private let cutter: MicroBatchCutter
    private let seed: UInt64
    private let plan: BatchPlan
    private let rank: Int
    private let ranks: Int
    private var order: (epoch: Int, order: InstanceOrder)?

    init(
        reader: ShardReader, policy: MaskingPolicy, cutter: MicroBatchCutter, seed: UInt64, plan: BatchPlan, rank: Int,
        ranks: Int
    ) {
        self.reader = reader
        self.policy = policy
        self.cutter = cutter
        self.seed = seed
        self.plan = plan
        self.rank = rank
        self.ranks = ranks
    }

    /// The part of 0..<count that belongs to a rank: contiguous, and as even as can be.
    static func share(of count: Int, rank: Int, ranks: Int) -> Range<Int> {
        count * rank / ranks..<count * (rank + 1) / ranks
    }

    /// This rank's share of the batch of step `step`, from 1.
    func batch(step: Int) throws(Failure) -> BatchShare {
        let count = reader.count(.train)
        let share = BatchSource.share(of: plan.size(step: step), rank: rank, ranks: ranks)
        let first = plan.first(step: step)
        var examples: [MaskedExample] = []
        examples.reserveCapacity(share.count)
        for sequence in share {
            let (epoch, position) = (first + sequence).quotientAndRemainder(dividingBy: count)
            let instance = try reader.instance(order(of: epoch)[position], .train)
            examples.append(policy.apply(instance, seed: seed, epoch: epoch))
        }
        return cutter.cut(examples, first: share.lowerBound)
    }

    private func order(of epoch: Int) -> InstanceOrder {
        if let order, order.epoch == epoch { return order.order }
        let next = reader.order(seed: seed, epoch: epoch, .train)
        order = (epoch, next)
        return next
    }

    /// A rank's share of the first `limit` validation instances, always with the same masks.
    static func validation(
        reader: ShardReader, policy: MaskingPolicy, seed: UInt64, limit: Int, rank: Int, ranks: Int
    ) throws(Failure) -> [MaskedExample] {
        var examples: [MaskedExample] = []
        for index in share(of: min(limit, reader.count(.validation)), rank: rank, ranks: ranks) {
            examples.append(policy.apply(try reader.instance(index, .validation), seed: seed, epoch: 0))
        }
        return examples
    }
}

/// Cuts a run of sequences into micro-batches, of so many sequences or of so many tokens.
struct MicroBatchCutter: Sendable {
    /// Tokens of a micro-batch when no number of sequences is given: enough for full speed, little memory.
    static let tokens = 4_096
    /// Sequences in a micro-batch; 0 goes by tokens.
    var sequences: Int
    /// Whether sequences carry the label of the second task.
    var hasSequenceLabels: Bool

    /// - Parameter first: the number, in the global batch, of the first example.
    func cut(_ examples: [MaskedExample], first: Int) -> BatchShare {
        var share = BatchShare(microBatches: [], firstSequences: [])
        var batch = RaggedBatch()
        for (index, example) in examples.enumerated() {
            if isFull(batch, with: example) {
                share.microBatches.append(batch)
                batch = RaggedBatch()
            }
            if batch.sequences == 0 { share.firstSequences.append(first + index) }
            batch.append(
                tokens: example.tokens, segments: example.segments, positions: example.positions, labels: example.labels
            )
            if hasSequenceLabels { batch.sequenceLabels.append(example.isRandomNext ? 1 : 0) }
        }
        if batch.sequences > 0 { share.microBatches.append(batch) }
        return share
    }

    private func isFull(_ batch: RaggedBatch, with example: MaskedExample) -> Bool {
        guard batch.sequences > 0 else { return false }
        if sequences > 0 { return batch.sequences >= sequences }
        return batch.rows + example.tokens.count > MicroBatchCutter.tokens
    }
}
