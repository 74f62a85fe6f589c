internal import Foundation
internal import Shard
internal import Streaming

/// How well the mere frequencies of tokens predict masked ones: what a model must beat to have learnt anything.
enum UnigramBaseline {
    /// Train instances counted at most; more change the figure in the third digit only.
    static let instances = 100_000

    /// The cross-entropy, in nats, of `labels` under the token distribution of the train split, one added to each count.
    static func entropy(of labels: [Int32], reader: ShardReader, seed: UInt64) throws(Failure) -> Double {
        guard !labels.isEmpty else { return 0 }
        var counts = [Int](repeating: 1, count: reader.information.vocabularySize)
        let order = reader.order(seed: seed, epoch: 0, .train)
        for position in 0..<min(order.count, instances) {
            let instance = try reader.instance(order[position], .train)
            for token in instance.a { counts[Int(token)] += 1 }
            for token in instance.b { counts[Int(token)] += 1 }
        }
        return crossEntropy(labels, counts)
    }

    static func crossEntropy(_ labels: [Int32], _ counts: [Int]) -> Double {
        let total = log(Double(counts.reduce(0, +)))
        let sum = labels.reduce(0.0) { $0 + total - log(Double(counts[Int($1)])) }
        return sum / Double(labels.count)
    }
}
