import CKernels
import Streaming
import Testing

@testable import Model

@Suite struct GradientLoanTests {
    private func model(
        _ norm: NormPlacement = .post, precision: Precision = .fp32, architecture: Architecture = Architecture()
    ) throws -> BertModel {
        let small = try smallModel(norm: norm) { $0.layers = 6 }
        let model = try BertModel(
            configuration: small.configuration, head: small.head, threads: 2,
            arithmetic: Arithmetic(precision: precision, library: .native), architecture: architecture)
        model.initialize(seed: 3)
        return model
    }

    private func gradients(_ model: BertModel, _ batches: [RaggedBatch], lending: Bool) -> [Float] {
        model.gradients.zero()
        for (index, batch) in batches.enumerated() {
            let key = DropoutKey(seed: 2, step: 7, firstSequence: UInt64(index))
            model.forwardBackward(
                batch, maskedScale: 0.01, sequenceScale: 0.1, dropout: key, gradientsAreZero: lending && index == 0)
        }
        return model.allGradients
    }

    @Test func `places lie below the layer's own gradients and apart from each other`() {
        let buffer = FloatBuffer(count: 4_096)
        var random = Philox(seed: 4, purpose: Philox.purpose("loan"))
        for _ in 0..<500 {
            var (rooms, start): ([MatrixView], Int) = ([], 0)
            for _ in 0..<1 + random.below(7) {
                let size = 16 * Int(random.below(20))
                rooms.append(MatrixView(buffer.base + start, rows: 1, columns: size))
                start += size
            }
            let bytes = rooms.map { _ in random.below(5) == 0 ? nil : 64 * (1 + Int(random.below(30))) }
            let loan = GradientLoan(rooms: rooms, bytes: bytes)
            var top = buffer.base + buffer.count
            var lowest: UnsafeMutablePointer<Float>?
            for index in rooms.indices.reversed() {
                guard let place = loan.places[index], let size = bytes[index] else { continue }
                let end = place + size / 4
                #expect(place >= rooms[0].base && end <= rooms[index].base && end <= top)
                (top, lowest) = (place, place)
            }
            for (room, isLent) in zip(rooms, loan.isLent) {
                if let lowest, room.base + room.columns > lowest { #expect(isLent) } else { #expect(!isLent) }
            }
        }
    }

    @Test(arguments: NormPlacement.allCases, [Precision.fp32, .bf16])
    func `gradients have the same bits when their memory was lent, in less memory`(
        norm: NormPlacement, precision: Precision
    ) throws {
        let batches = [randomBatch([9, 1, 7, 5], seed: 1), randomBatch([3, 8], seed: 2)]
        let (plain, lending) = (try model(norm, precision: precision), try model(norm, precision: precision))
        for chosen in [[batches[0]], [batches[1]], batches] {
            let expected = gradients(plain, chosen, lending: false)
            // Twice: what an earlier pass left behind must not matter.
            for _ in 0..<2 { #expect(gradients(lending, chosen, lending: true) == expected) }
            if chosen.count == 1 { #expect(lending.activationBytes < plain.activationBytes * 9 / 10) }
        }
    }

    @Test func `a layer of one's own between BERT's finds its gradients zero`() throws {
        let architecture = Architecture(name: "mixed") { index, scope in
            index == 2 || index == 3 ? BertAttention(&scope) : nil
        }
        let batch = randomBatch([9, 1, 7, 5], seed: 1)
        let (plain, lending) = (try model(architecture: architecture), try model(architecture: architecture))
        let expected = gradients(plain, [batch], lending: false)
        for _ in 0..<2 { #expect(gradients(lending, [batch], lending: true) == expected) }
    }
}
