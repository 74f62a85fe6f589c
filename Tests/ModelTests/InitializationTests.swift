import Testing

@testable import Model

@Suite struct InitializationTests {
    @Test func `weights are cut-off normal, biases zero, LayerNorm one, the padding row zero`() throws {
        let model = try smallModel { $0.initializerRange = 0.02 }
        var weights: [Float] = []
        for entry in model.layout.entries {
            let values = model.parameters.values(entry.range)
            if entry.name.hasSuffix("LayerNorm.weight") {
                #expect(values.allSatisfy { $0 == 1 })
            } else if entry.name.hasSuffix("bias") {
                #expect(values.allSatisfy { $0 == 0 })
            } else if entry.name.contains("word_embeddings") {
                #expect(values[0..<32].allSatisfy { $0 == 0 } && !values[32..<64].contains(0))
            } else {
                weights += values
            }
        }
        #expect(weights.allSatisfy { abs($0) <= 0.04 })
        let squares = weights.reduce(0) { $0 + Double($1) * Double($1) } / Double(weights.count)
        // A normal distribution cut at two deviations has 0.8796 of its deviation.
        #expect(abs(squares.squareRoot() / (0.02 * 0.8796) - 1) < 0.02)
    }

    @Test func `a parameter depends on the seed and its name alone`() throws {
        let (a, b) = (try smallModel(.none, threads: 1), try smallModel(.classification(labels: 2), threads: 3))
        let entry = try #require(a.layout["bert.encoder.layer.1.output.dense.weight"])
        let other = try #require(b.layout[entry.name])
        #expect(a.parameters.values(entry.range) == b.parameters.values(other.range))
        a.initialize(seed: 4)
        #expect(a.parameters.values(entry.range) != b.parameters.values(other.range))
    }
}
