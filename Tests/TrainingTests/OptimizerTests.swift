import Model
import Streaming
import Testing

@testable import Training

/// Three tensors and the steps of Tests/golden/make_optimizer_golden.py.
private struct GoldenRun {
    static let sizes = [70_000, 7, 300]
    static let rates = [5e-4, 1e-3, 8.75e-4]
    let ranges = [0..<70_000, 70_016..<70_023, 70_032..<70_332]
    let count = 70_336
    let blocks: ParameterBlocks
    let parameters: FloatBuffer
    var norms: [Double] = []

    init(threads: Int) {
        blocks = ParameterBlocks(
            ranges: ranges, decays: [true, false, true], count: count, pool: WorkerPool(threads: threads))
        parameters = FloatBuffer(count: count)
        for (tensor, range) in ranges.enumerated() {
            parameters.set(GoldenRun.fill(range.count, 1 + tensor), at: range.lowerBound)
        }
    }

    static func fill(_ count: Int, _ salt: Int) -> [Float] {
        (0..<count).map { i in
            Float((i * 40503 + salt * 9973 + (i * i % 8191) * 77) % 65536) / 65536 - 0.5
        }
    }

    mutating func train(_ optimizer: any Optimizer) {
        for (step, rate) in GoldenRun.rates.enumerated() {
            let gradients = FloatBuffer(count: count)
            for (tensor, range) in ranges.enumerated() {
                let values = GoldenRun.fill(range.count, 100 * (step + 1) + tensor).map { $0 / 64 }
                gradients.set(values, at: range.lowerBound)
            }
            norms.append(blocks.clip(gradients, to: 1))
            optimizer.update(parameters, gradients: gradients, rate: rate)
        }
    }

    /// The largest difference from golden samples.
    func error(_ buffer: FloatBuffer, _ golden: [[Double]]) -> Double {
        var worst = 0.0
        for (range, values) in zip(ranges, golden) {
            for (sample, value) in values.enumerated() {
                let index = range.lowerBound + (range.count - 1) * sample / (values.count - 1)
                worst = max(worst, abs(Double(buffer[index]) - value))
            }
        }
        return worst
    }
}

private func check(_ settings: OptimizerSettings, _ golden: OptimizerGolden, threads: Int = 2) -> [Float] {
    var run = GoldenRun(threads: threads)
    let optimizer = settings.make(run.blocks)
    run.train(optimizer)
    #expect(optimizer.step == 3)
    #expect(run.error(run.parameters, golden.weights) < 3e-7)
    let moments = optimizer.moments
    #expect(moments.map(\.name) == ["first_moment", "second_moment"])
    #expect(run.error(moments[0].buffer, golden.first) < 1e-9)
    // 1 - beta2 is taken of the beta in single precision: 1.3e-5 off, which the bias correction takes out again.
    #expect(run.error(moments[1].buffer, golden.second) < 2e-12)
    for (norm, expected) in zip(run.norms, golden.norms) { #expect(abs(norm - expected) < 1e-6) }
    if let lamb = optimizer as? Lamb {
        for (ratio, expected) in zip(lamb.trustRatios, golden.ratios) {
            #expect(abs(ratio - expected) < 1e-6 * expected)
        }
    }
    return run.parameters.values(0..<run.count)
}

@Test func `AdamW takes the steps of the float64 reference`() {
    _ = check(OptimizerSettings(kind: .adamw), .adamw)
}

@Test func `LAMB takes the steps and ratios of the float64 reference`() {
    _ = check(OptimizerSettings(kind: .lamb), .lamb)
}

@Test func `LAMB can leave biases and LayerNorm out of the ratio`() {
    _ = check(OptimizerSettings(kind: .lamb, excludesFromRatio: true), .lambExcluding)
}

@Test(arguments: [OptimizerSettings.Kind.adamw, .lamb])
func `the number of threads changes no bit of a step`(kind: OptimizerSettings.Kind) {
    let golden: OptimizerGolden = kind == .adamw ? .adamw : .lamb
    let one = check(OptimizerSettings(kind: kind), golden, threads: 1)
    let four = check(OptimizerSettings(kind: kind), golden, threads: 4)
    #expect(one == four)
}

@Test func `a gradient shorter than the limit is left alone`() {
    let blocks = ParameterBlocks(ranges: [0..<10], decays: [true], count: 16, pool: WorkerPool(threads: 1))
    let gradients = FloatBuffer(count: 16)
    gradients.set([0.3, -0.4])
    #expect(abs(blocks.clip(gradients, to: 1) - 0.5) < 1e-7)
    #expect(gradients.values(0..<2) == [0.3, -0.4])
    gradients.set([3, -4])
    #expect(blocks.clip(gradients, to: 1) == 5)
    #expect(abs(gradients[0] - 0.6) < 1e-6 && abs(gradients[1] + 0.8) < 1e-6)
}

/// Plain loops in double precision, for what the golden files do not hold.
private func reference(_ settings: OptimizerSettings, _ run: GoldenRun, _ gradients: [[Float]]) -> [Double] {
    var weights = run.parameters.values(0..<run.count).map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: run.count), [Double](repeating: 0, count: run.count))
    let (beta1, beta2) = (Double(Float(settings.beta1)), Double(Float(settings.beta2)))
    for (step, rate) in GoldenRun.rates.enumerated() {
        for (tensor, range) in run.ranges.enumerated() {
            let decay = tensor == 1 ? 0 : settings.weightDecay
            for i in range {
                let g = Double(gradients[step][i])
                if settings.kind == .sgd {
                    m[i] = settings.momentum * m[i] + g + decay * weights[i]
                    weights[i] -= rate * m[i]
                } else {
                    m[i] = beta1 * m[i] + (1 - beta1) * g
                    v[i] = beta2 * v[i] + (1 - beta2) * g * g
                    weights[i] -= rate * (m[i] / (v[i].squareRoot() + settings.epsilon) + decay * weights[i])
                }
            }
        }
    }
    return weights
}

@Test(arguments: [OptimizerSettings(kind: .sgd), OptimizerSettings(kind: .adamw, correctsBias: false)])
func `SGD and Adam without bias correction take the steps of a double-precision reference`(settings: OptimizerSettings)
{
    for threads in [1, 3] {
        let run = GoldenRun(threads: threads)
        let optimizer = settings.make(run.blocks)
        var all: [[Float]] = []
        for step in GoldenRun.rates.indices {
            var values = [Float](repeating: 0, count: run.count)
            for (tensor, range) in run.ranges.enumerated() {
                let filled = GoldenRun.fill(range.count, 100 * (step + 1) + tensor).map { $0 / 64 }
                values.replaceSubrange(range, with: filled)
            }
            all.append(values)
        }
        let expected = reference(settings, run, all)
        for (step, rate) in GoldenRun.rates.enumerated() {
            let gradients = FloatBuffer(count: run.count)
            gradients.set(all[step])
            optimizer.update(run.parameters, gradients: gradients, rate: rate)
        }
        let found = run.parameters.values(0..<run.count)
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 3e-7 })
        #expect(optimizer.moments.count == (settings.kind == .sgd ? 1 : 2))
    }
}
