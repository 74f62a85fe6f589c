import Streaming
import Testing

@testable import Model

/// bf16 products and recomputed layers beside fp32.
@Suite struct MixedPrecisionTests {
    private func model(
        _ arithmetic: Arithmetic, threads: Int = 2, norm: NormPlacement = .post
    ) throws -> BertModel {
        var configuration = BertConfiguration(
            vocabularySize: 90, hiddenSize: 64, layers: 3, heads: 4, intermediateSize: 128)
        configuration.maxPositionEmbeddings = 200
        configuration.initializerRange = 0.1
        configuration.normPlacement = norm
        let model = try BertModel(
            configuration: configuration, head: .pretraining(nextSentence: true), threads: threads,
            arithmetic: arithmetic)
        model.initialize(seed: 3)
        return model
    }

    private let batch = randomBatch([150, 1, 17, 64, 131], seed: 4, vocabulary: 90)

    private func gradients(_ model: BertModel) -> ([Float], Double) {
        model.gradients.zero()
        let sums = model.forwardBackward(
            batch, maskedScale: 0.01, sequenceScale: 0.1, dropout: DropoutKey(seed: 8, step: 2))
        return (model.allGradients, sums.maskedLoss / Double(sums.maskedCount))
    }

    @Test(arguments: [Precision.fp32, .bf16], NormPlacement.allCases)
    func `recomputed layers change no bit`(precision: Precision, norm: NormPlacement) throws {
        let kept = gradients(try model(Arithmetic(precision: precision), norm: norm))
        let again = gradients(try model(Arithmetic(precision: precision, recomputesLayers: true), norm: norm))
        #expect(kept.0 == again.0 && kept.1 == again.1)
    }

    /// Where backward keeps a post-LN layer's input in bf16, it is rounded before LayerNorm's scale, which is 1 at first;
    /// where it makes it again, behind it.
    @Test(arguments: [Precision.fp32, .bf16], NormPlacement.allCases)
    func `recomputed layers of a trained model change a rounding in bf16 post-LN and else no bit`(
        precision: Precision, norm: NormPlacement
    ) throws {
        func trained(_ recomputes: Bool) throws -> [Float] {
            let model = try model(Arithmetic(precision: precision, recomputesLayers: recomputes), norm: norm)
            for entry in model.layout.entries where entry.initial != .normal {
                let moved = zip(model.parameters.values(entry.range), normal(entry.count, seed: 3, entry.name))
                model.parameters.set(moved.map { $0 + 0.1 * $1 }, at: entry.offset)
            }
            return gradients(model).0
        }
        let (kept, again) = (try trained(false), try trained(true))
        if precision == .bf16, norm == .post {
            #expect(relativeError(again, kept.map(Double.init)) < 1e-2)
        } else {
            #expect(kept == again)
        }
    }

    @Test func `recomputed layers take less memory`() throws {
        func bytes(_ recomputes: Bool) throws -> Int {
            let model = try model(Arithmetic(recomputesLayers: recomputes))
            _ = gradients(model)
            return model.activationBytes
        }
        #expect(try bytes(true) < bytes(false))
    }

    @Test(arguments: NormPlacement.allCases)
    func `bf16 follows fp32 to its own rounding`(norm: NormPlacement) throws {
        let (single, half) = (
            gradients(try model(Arithmetic(), norm: norm)),
            gradients(try model(Arithmetic(precision: .bf16), norm: norm))
        )
        #expect(abs(half.1 - single.1) < 0.01)
        var (dot, squares, halfSquares) = (0.0, 0.0, 0.0)
        for (a, b) in zip(single.0, half.0) {
            dot += Double(a) * Double(b)
            squares += Double(a) * Double(a)
            halfSquares += Double(b) * Double(b)
        }
        // The angle between the gradients, and their lengths.
        #expect(dot / (squares * halfSquares).squareRoot() > 0.999)
        #expect(abs((halfSquares / squares).squareRoot() - 1) < 0.01)
    }

    @Test func `the number of threads changes no bit in bf16`() throws {
        let one = gradients(try model(Arithmetic(precision: .bf16), threads: 1))
        for threads in [2, 3] {
            #expect(gradients(try model(Arithmetic(precision: .bf16), threads: threads)).0 == one.0)
        }
    }

    @Test func `OpenBLAS and oneDNN give the gradients of our own products to rounding`() throws {
        let own = gradients(try model(Arithmetic(library: .native))).0.map(Double.init)
        for library in [ProductLibrary.openblas, .onednn] {
            guard let other = try? model(Arithmetic(library: library)) else { continue }
            #expect(relativeError(gradients(other).0, own) < 3e-6, "\(library)")
        }
    }
}
