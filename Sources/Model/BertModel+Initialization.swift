internal import Foundation
internal import Streaming

extension BertModel {
    /// Fills the parameters as BERT was begun: weights from a normal distribution cut off at two standard deviations
    /// (`initializerRange` each), zero biases and [PAD] row, LayerNorm 1 and 0.
    ///
    /// A parameter's numbers are a function of seed and name, whatever else the model holds.
    public func initialize(seed: UInt64) {
        for entry in layout.entries { initialize(entry, seed: seed) }
    }

    /// Fills one parameter as `initialize(seed:)` does.
    func initialize(_ entry: ParameterLayout.Entry, seed: UInt64) {
        let target = MatrixView(parameters.base + entry.offset, rows: 1, columns: entry.count)
        guard entry.initial == .normal else {
            target.base.update(repeating: entry.initial == .one ? 1 : 0, count: entry.count)
            return
        }
        let name = entry.name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        let deviation = configuration.initializerRange
        let block = 1 << 14
        pool.parallelFor((entry.count + block - 1) / block) { index in
            let purpose = Philox.purpose("initialize")
            var random = Philox(seed: seed, purpose: purpose, a: name, b: UInt64(index))
            for place in index * block..<min((index + 1) * block, target.columns) {
                target.base[place] = Float(deviation * Self.truncatedNormal(&random))
            }
        }
        if entry.name == "bert.embeddings.word_embeddings.weight" { clearPadding(entry) }
    }

    private func clearPadding(_ entry: ParameterLayout.Entry) {
        let (pad, width) = (Int(configuration.padTokenID), entry.shape[1])
        guard pad >= 0, pad < entry.shape[0] else { return }
        (parameters.base + entry.offset + pad * width).update(repeating: 0, count: width)
    }

    /// A standard normal draw between -2 and 2 (Box and Muller 1958, others rejected).
    private static func truncatedNormal(_ random: inout Philox) -> Double {
        while true {
            let radius = (-2 * log(1 - random.unit())).squareRoot()
            let value = radius * cos(2 * Double.pi * random.unit())
            if abs(value) <= 2 { return value }
        }
    }
}
