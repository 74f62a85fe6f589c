internal import CKernels
internal import Streaming

/// Predicts the tokens of masked rows: LayerNorm(activation(x Wᵀ + b)), then the decoder over the vocabulary.
///
/// It runs on masked rows alone, and through the decoder with at most `chunkRows` of them at a time, which bounds the
/// logits.
struct MaskedLanguageModelHead: @unchecked Sendable {
    let transform: LinearParameters
    let norm: NormParameters
    /// The word embeddings, or weights of its own, [V, H].
    let decoder: (value: MatrixView, gradient: MatrixView)
    let bias: (value: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>)
    let activation: ck_activation

    /// Most rows whose logits are in memory at a time.
    private static let chunkRows = 384
    /// Pieces of the vocabulary whose weights are packed at a time.
    private static let tile = 512
    private var width: Int { transform.outputs }
    private var vocabulary: Int { decoder.value.rows }

    /// Masked rows on their way to the decoder; M rows of width H, in fp32.
    struct Saved: @unchecked Sendable {
        let input: MatrixView
        let inner: MatrixView
        /// The activation's output, then its normalised rows.
        let normal: MatrixView
        let inverse: UnsafeMutablePointer<Float>
        let output: MatrixView
    }

    /// - Parameters: hidden is [T, H]; masked are rows of it.
    func forward(_ hidden: MatrixView, masked: [Int32], _ engine: Engine) -> Saved {
        let arena = engine.arena
        let count = masked.count
        let saved = Saved(
            input: arena.matrix(count, width), inner: arena.matrix(count, width), normal: arena.matrix(count, width),
            inverse: arena.take(count), output: arena.matrix(count, width))
        let mark = arena.mark
        defer { arena.release(mark) }
        for (index, row) in masked.enumerated() {
            saved.input.row(index).update(from: hidden.row(Int(row)), count: width)
        }
        engine.multiply(Factor(saved.input), engine.packForward(transform.weight), into: saved.inner) { _, rows in
            let first = rows.lowerBound
            engine.kernels.bias_activation(
                saved.inner.row(first), transform.bias, saved.inner.row(first), saved.normal.row(first), 0, activation,
                rows.count, width)
            engine.kernels.layer_norm(
                saved.normal.row(first), norm.gamma, norm.beta, norm.epsilon, saved.output.row(first),
                saved.normal.row(first), 0, saved.inverse + first, rows.count, width)
        }
        return saved
    }

    /// Logits [M, V] of all masked rows.
    func logits(_ saved: Saved, _ engine: Engine) -> MatrixView {
        let logits = engine.arena.matrix(saved.output.rows, vocabulary)
        decode(saved.output, into: logits, engine)
        let panels = RowPanels(logits.rows)
        engine.pool.parallelFor(panels.count) { panel in
            let rows = panels[panel]
            engine.kernels.add_bias(logits.row(rows.lowerBound), bias.value, rows.count, vocabulary)
        }
        return logits
    }

    /// logits [M, V] = x Wᵀ by tiles of the vocabulary, whose weights each thread packs as it comes to them.
    private func decode(_ x: MatrixView, into logits: MatrixView, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let scratch = engine.lanes(engine.products.packedWords(inner: width, columns: Self.tile))
        engine.pool.parallelForLanes((vocabulary + Self.tile - 1) / Self.tile) { index, lane in
            let pieces = index * Self.tile..<min(vocabulary, (index + 1) * Self.tile)
            let words = UnsafeMutableRawPointer(scratch.row(lane)).assumingMemoryBound(to: UInt32.self)
            let weights = engine.products.packed(
                Factor(decoder.value[rows: pieces]), transposed: true, words: words)
            engine.products.multiply(Factor(x), weights, into: logits[columns: pieces])
        }
    }

    /// dx [M, H] = dLogits W, in the order of the vocabulary.
    private func decodeBackward(_ slopes: Factor, into dx: MatrixView, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let height = 4 * Self.tile
        for first in stride(from: 0, to: vocabulary, by: height) {
            let pieces = first..<min(vocabulary, first + height)
            let inner = engine.arena.mark
            let weights = engine.packBackward(decoder.value[rows: pieces])
            engine.multiply(slopes[columns: pieces], weights, into: dx, adding: first > 0)
            engine.arena.release(inner)
        }
    }

    /// Cross entropy against labels, summed.
    /// - Parameters:
    ///   - scale: the gradient is that of `scale` times the sum; nil computes none.
    ///   - gradient: [M, H], gets the gradient of `saved.output`.
    /// - Returns: the sum, and how many labels had the largest logit.
    func loss(
        _ saved: Saved, labels: [Int32], scale: Float?, gradient: MatrixView?, _ engine: Engine
    ) -> (sum: Double, correct: Int) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        // Each chunk goes through all of the decoder's weights: so few chunks, and about equal.
        let chunks = max(1, (labels.count + Self.chunkRows - 1) / Self.chunkRows)
        let chunk = (labels.count + chunks - 1) / chunks
        let logits = engine.arena.matrix(chunk, vocabulary)
        let targets = engine.arena.take(Int32.self, labels.count)
        for (index, label) in labels.enumerated() { targets[index] = label }
        let results = CrossEntropyResults(rows: labels.count, engine.arena)
        for first in stride(from: 0, to: labels.count, by: chunk) {
            let rows = first..<min(first + chunk, labels.count)
            let part = logits[rows: 0..<rows.count]
            decode(saved.output[rows: rows], into: part, engine)
            results.compute(
                part, bias: bias.value, labels: targets, first: first, scale: scale, isHalf: engine.isHalf, engine)
            guard scale != nil, let gradient else { continue }
            let slopes = engine.isHalf ? Factor(halvesOf: part) : Factor(part)
            engine.weightGradient(slopes, Factor(saved.output[rows: rows]), into: decoder.gradient)
            engine.addColumnSums(slopes, to: bias.gradient)
            decodeBackward(slopes, into: gradient[rows: rows], engine)
        }
        return results.totals
    }

    /// Takes the gradient [M, H] of `saved.output` (used up) back to the hidden rows: added to `hidden`, [T, H].
    func backward(_ saved: Saved, gradient: MatrixView, masked: [Int32], hidden: MatrixView, _ engine: Engine) {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        let panels = RowPanels(gradient.rows)
        let (dgamma, dbeta, dbias) = (
            engine.arena.matrix(panels.count, width), engine.arena.matrix(panels.count, width),
            engine.arena.matrix(panels.count, width)
        )
        engine.pool.parallelFor(panels.count) { panel in
            let (first, count) = (panels[panel].lowerBound, panels[panel].count)
            engine.kernels.layer_norm_backward(
                gradient.row(first), saved.normal.row(first), 0, saved.inverse + first, norm.gamma, dgamma.row(panel),
                dbeta.row(panel), count, width)
            engine.kernels.bias_activation_backward(
                saved.inner.row(first), gradient.row(first), gradient.row(first), saved.normal.row(first), 0,
                dbias.row(panel), activation, count, width)
        }
        engine.add(dgamma, to: norm.gammaGradient)
        engine.add(dbeta, to: norm.betaGradient)
        engine.add(dbias, to: transform.biasGradient)
        engine.weightGradient(Factor(gradient), Factor(saved.input), into: transform.weightGradient)
        let dInput = engine.arena.matrix(gradient.rows, width)
        engine.multiply(Factor(gradient), engine.packBackward(transform.weight), into: dInput)
        for (index, row) in masked.enumerated() {
            engine.kernels.add(hidden.row(Int(row)), dInput.row(index), width)
        }
    }
}

/// Losses and hits of some rows, summed in order.
struct CrossEntropyResults: @unchecked Sendable {
    private let losses: UnsafeMutablePointer<Double>
    private let correct: UnsafeMutablePointer<UInt8>
    private let rows: Int

    init(rows: Int, _ arena: ActivationArena) {
        self.rows = rows
        losses = arena.take(Double.self, rows)
        correct = arena.take(UInt8.self, rows)
    }

    /// Cross entropy of `logits` + bias, whose first row is row `first` of the labels and of the results.
    /// - Parameter isHalf: whether the gradient is to be bf16, as `Factor(halvesOf:)` takes it.
    func compute(
        _ logits: MatrixView, bias: UnsafeMutablePointer<Float>?, labels: UnsafeMutablePointer<Int32>, first: Int,
        scale: Float?, isHalf: Bool = false, _ engine: Engine
    ) {
        nonisolated(unsafe) let (bias, labels) = (bias, labels)
        let height = 16
        engine.pool.parallelFor((logits.rows + height - 1) / height) { index in
            let row = index * height
            engine.kernels.cross_entropy(
                logits.row(row), bias, labels + first + row, scale ?? 0, scale == nil ? 0 : 1,
                isHalf ? 1 : 0, losses + first + row,
                correct + first + row, min(height, logits.rows - row), logits.columns)
        }
    }

    var totals: (sum: Double, correct: Int) {
        (0..<rows).reduce((0, 0)) { ($0.0 + losses[$1], $0.1 + Int(correct[$1])) }
    }
}
