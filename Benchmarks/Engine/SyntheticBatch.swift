import Model
import Streaming

/// Batches as the PyTorch side makes them: 70 % of the sequences are full, the others of evenly spread lengths from 8 on;
/// 15 % of the tokens are masked.
struct SyntheticBatch {
    let batch: RaggedBatch

    init(sequences: Int, length: Int, vocabulary: Int, seed: UInt64) {
        var random = Philox(seed: seed, purpose: Philox.purpose("engine benchmark"))
        let short = Int((0.3 * Double(sequences)).rounded())
        var lengths = [Int](repeating: length, count: sequences)
        for index in 0..<short {
            let place = (Double(index) + random.unit()) / Double(max(1, short))
            lengths[index] = 8 + Int(place * Double(length - 8))
        }
        for index in stride(from: sequences - 1, to: 0, by: -1) {
            lengths.swapAt(index, Int(random.below(index + 1)))
        }
        var batch = RaggedBatch()
        for length in lengths {
            let positions = (1..<length - 1).filter { _ in random.unit() < 0.15 }.map { Int32($0) }
            batch.append(
                tokens: (0..<length).map { _ in Int32(1_000 + random.below(vocabulary - 1_000)) },
                segments: (0..<length).map { $0 < length / 2 ? 0 : 1 }, positions: positions,
                labels: positions.map { _ in Int32(1_000 + random.below(vocabulary - 1_000)) })
            batch.sequenceLabels.append(Int32(random.below(2)))
        }
        self.batch = batch
    }
}
