import CKernels
import Streaming
import Testing

@testable import Model

@Suite struct InvarianceTests {
    private let key = DropoutKey(seed: 8, step: 2)

    private func gradients(_ model: BertModel, _ batches: [RaggedBatch], dropout: Bool = true) -> [Float] {
        model.gradients.zero()
        var first: UInt64 = 0
        for batch in batches {
            let key = DropoutKey(seed: 8, step: 2, firstSequence: first)
            model.forwardBackward(batch, maskedScale: 0.01, sequenceScale: 0.1, dropout: dropout ? key : nil)
            first += UInt64(batch.sequences)
        }
        return model.allGradients
    }

    @Test(arguments: NormPlacement.allCases)
    func `the number of threads changes no bit`(norm: NormPlacement) throws {
        let batch = randomBatch((0..<40).map { 1 + $0 % 37 }, seed: 1)
        let results = try [1, 2, 3, 5].map { threads in gradients(try smallModel(threads: threads, norm: norm), [batch])
        }
        for other in results.dropFirst() { #expect(other == results[0]) }
    }

    @Test func `the same call twice gives the same bits`() throws {
        let model = try smallModel()
        let batch = randomBatch([30, 2, 14], seed: 3)
        #expect(gradients(model, [batch]) == gradients(model, [batch]))
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `a batch cut into micro-batches gives the same gradients to rounding`(seed: UInt64) throws {
        let model = try smallModel()
        let batch = randomBatch([7, 1, 33, 12, 5, 40, 2, 9], seed: seed)
        let whole = gradients(model, [batch]).map(Double.init)
        let cut = gradients(
            model, [batch.picking([0, 1, 2]), batch.picking([3]), batch.picking([4, 5, 6, 7])])
        #expect(relativeError(cut, whole) < 2e-6, "seed \(seed)")
    }

    @Test func `the order of sequences matters only to dropout`() throws {
        let model = try smallModel()
        let batch = randomBatch([7, 1, 33, 12], seed: 5)
        let turned = batch.picking([2, 0, 3, 1])
        let one = gradients(model, [batch], dropout: false).map(Double.init)
        #expect(relativeError(gradients(model, [turned], dropout: false), one) < 2e-6)
        let (a, b) = (model.pooled(batch), model.pooled(turned))
        #expect(relativeError(Array(b[0..<32]), a[64..<96].map(Double.init)) < 1e-6)
    }

    @Test func `sequences of one token are as good as others`() throws {
        let model = try smallModel()
        var batch = randomBatch([1, 1, 1], seed: 6)
        (batch.maskedRows, batch.maskedLabels) = ([1], [4])
        let sums = model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: key)
        #expect(sums.maskedCount == 1 && sums.sequenceCount == 3)
        #expect(sums.maskedLoss.isFinite && model.allGradients.allSatisfy(\.isFinite))
    }

    @Test func `an empty batch and a batch without labels give nothing`() throws {
        let model = try smallModel()
        #expect(model.forwardBackward(RaggedBatch(), maskedScale: 1, sequenceScale: 1, dropout: key) == .init())
        var batch = randomBatch([4, 5], seed: 7)
        (batch.maskedRows, batch.maskedLabels, batch.sequenceLabels) = ([], [], [])
        #expect(model.forwardBackward(batch, maskedScale: 1, sequenceScale: 1, dropout: key) == .init())
        #expect(model.allGradients.allSatisfy { $0 == 0 })
    }

    @Test(arguments: NormPlacement.allCases)
    func `every instruction set gives the same gradients to rounding`(norm: NormPlacement) throws {
        let batch = randomBatch([7, 1, 33, 12], seed: 5)
        let reference = gradients(try smallModel(norm: norm), [batch]).map(Double.init)
        for table in kernelTables() {
            let small = try smallModel(norm: norm)
            let model = try BertModel(
                configuration: small.configuration, head: small.head, threads: 2, kernels: table)
            model.initialize(seed: 3)
            #expect(relativeError(gradients(model, [batch]), reference) < 2e-6, "\(table.isa)")
        }
    }

    @Test(arguments: [
        ModelHead.pretraining(nextSentence: true), .pretraining(nextSentence: false), .classification(labels: 3),
    ])
    func `rows that no loss looks at change nothing when the last layer leaves them out`(head: ModelHead) throws {
        // Some of the short ones have no masked row at all.
        let batch = randomBatch([39, 1, 1, 2, 1, 33, 12], seed: 5)
        let key = DropoutKey(seed: 2, step: 7)
        // An objective that asks for nothing may look at all rows, so none is left out.
        let everything = Architecture(objectives: [ObjectiveDesign("nothing") { _ in Nothing() }])
        for recomputes in [false, true] {
            var results: [(sums: BertModel.LossSums, gradients: [Float], again: BertModel.LossSums)] = []
            for architecture in [Architecture(), everything] {
                let model = try BertModel(
                    configuration: smallModel().configuration, head: head, threads: 2,
                    arithmetic: Arithmetic(library: .native, recomputesLayers: recomputes), architecture: architecture)
                model.initialize(seed: 3)
                var sums = model.forwardBackward(batch, maskedScale: 0.01, sequenceScale: 0.1, dropout: key)
                sums.objectives = []
                var again = model.evaluate(batch)
                again.objectives = []
                results.append((sums, model.allGradients, again))
            }
            // Our own products go row by row: the same bits.
            #expect(results[0].sums == results[1].sums && results[0].again == results[1].again)
            #expect(relativeError(results[0].gradients, results[1].gradients.map(Double.init)) < 2e-6)
        }
    }

    @Test func `a pass over a batch seen before allocates nothing`() throws {
        let model = try smallModel()
        let batch = randomBatch([30, 22, 14], seed: 3)
        _ = gradients(model, [batch, batch])
        let bytes = model.activationBytes
        _ = gradients(model, [batch, randomBatch([3], seed: 1), batch])
        #expect(model.activationBytes == bytes)
    }
}

/// The kernel tables this CPU can run.
func kernelTables() -> [ck_kernels] {
    [CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_BF16].compactMap { ck_table($0)?.pointee }
}

/// Asks for no predictions.
private struct Nothing: Objective {
    func count(_ batch: RaggedBatch) -> Int { 0 }

    func loss(
        _ hidden: MatrixView, _ batch: RaggedBatch, scale: Float, gradient: MatrixView?, _ pass: Pass
    ) -> ObjectiveSums { ObjectiveSums() }
}
