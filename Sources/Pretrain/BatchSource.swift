package import Shard
package import Streaming
package import Training

/// Gives one rank its share of every global batch, as a function of the step alone: a resume is a seek.
///
/// Which positions of the walk over the shards a step takes is told by a `BatchPlan`; a batch may reach into the next
/// epoch.
package struct BatchSource: Sendable {
    private let plan: BatchPlan
    private let cutter: MicroBatchCutter
    private let rank: Int
    private let ranks: Int

    package init(plan: BatchPlan, cutter: MicroBatchCutter, rank: Int, ranks: Int) {
        self.plan = plan
        self.cutter = cutter
        self.rank = rank
        self.ranks = ranks
    }

    /// The part of 0..<count that belongs to a rank: contiguous, and as even as can be.
    static func share(of count: Int, rank: Int, ranks: Int) -> Range<Int> {
        count * rank / ranks..<count * (rank + 1) / ranks
    }

    /// This rank's share of the batch of step `step`, from 1.
    package func batch(step: Int, of walk: inout ShardWalk) throws(Failure) -> BatchShare {
        let share = BatchSource.share(of: plan.size(step: step), rank: rank, ranks: ranks)
        let first = plan.first(step: step)
        return cutter.cut(
            try walk.examples(first + share.lowerBound..<first + share.upperBound), first: share.lowerBound)
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
