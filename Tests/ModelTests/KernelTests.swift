import CKernels
import Foundation
import Streaming
import Testing

@testable import Model

/// Every kernel of every instruction set this CPU has, against the formula in double precision.
@Suite struct KernelTests {
    private func random(_ count: Int, _ seed: UInt64, scale: Double = 1) -> [Float] {
        var random = Philox(seed: seed, purpose: Philox.purpose("kernel test"))
        return (0..<count).map { _ in
            Float(scale * (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit()))
        }
    }

    /// The nearest bf16, ties to even, by way of the two neighbours.
    private func rounded(_ x: Float) -> UInt16 {
        let below = x.bitPattern >> 16
        let half = x.bitPattern & 0xFFFF
        return UInt16(truncatingIfNeeded: half > 0x8000 || half == 0x8000 && below & 1 == 1 ? below + 1 : below)
    }

    /// The largest error in units of the last place of the true value.
    private func ulps(_ ours: [Float], _ truth: [Double]) -> Double {
        zip(ours, truth).reduce(0) { worst, pair in
            let unit = Double(max(Float(pair.1).ulp, Float.leastNormalMagnitude))
            return max(worst, abs(Double(pair.0) - pair.1) / unit)
        }
    }

    @Test func `the elementary functions are good to a few ulps`() {
        let steps = Array(stride(from: Float(-80), through: 80, by: 0.00137)) + stride(from: -1, through: 1, by: 1e-4)
        for table in kernelTables() {
            func apply(
                _ function: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void, _ x: [Float]
            ) -> [Float] {
                var y = [Float](repeating: 0, count: x.count)
                function(x, &y, x.count)
                return y
            }
            let exponential = ulps(apply(table.exp_array, steps), steps.map { exp(Double($0)) })
            let errorFunction = ulps(apply(table.erf_array, steps), steps.map { erf(Double($0)) })
            let tangent = ulps(apply(table.tanh_array, steps), steps.map { tanh(Double($0)) })
            print("isa \(table.isa.rawValue): ulps of exp \(exponential), erf \(errorFunction), tanh \(tangent)")
            #expect(exponential < 2 && errorFunction < 4 && tangent < 4)
            #expect(apply(table.exp_array, [-1000, -88, 89, 0]) == [0, 0, exp(Float(88.72)), 1])
            #expect(apply(table.exp_array, [.nan])[0].isNaN)
        }
    }

    /// The rule of `ck_dropout` once more, a draw at a time.
    private func draw(_ key: UInt64, position: UInt32, site: UInt32, head: UInt32, column: Int) -> UInt32 {
        let place = UInt64(site) << 40 &+ UInt64(head) << 24 &+ UInt64(position)
        let row = Philox.mix(key ^ place &* 0x9E37_79B9_7F4A_7C15)
        let word = 64 * (column / 128) + 16 * (column % 128 / 32) + column % 16
        var x = UInt32(truncatingIfNeeded: row) &+ UInt32(word) &* 0x9E37_79B9
        x = (x ^ x >> 16) &* 0x21F0_AAAD
        x = (x ^ x >> 15) &+ UInt32(truncatingIfNeeded: row >> 32)
        x = x &* 0xD35A_2D97
        x ^= x >> 15
        return column % 32 < 16 ? x & 0xFFFF : x >> 16
    }

    @Test func `a dropout mask is a hash of row, position, site and head, on every instruction set`() {
        let (keys, positions): ([UInt64], [UInt32]) = ([0x1234_5678_9ABC_DEF0, 77], [5, 511])
        let count = 300
        for row in 0..<2 {
            let expected: [Float] = (0..<count).map {
                draw(keys[row], position: positions[row], site: 9, head: 3, column: $0) < 6554 ? 0 : 1.25
            }
            for table in kernelTables() {
                var mask = [Float](repeating: 0, count: count)
                withDescription(keys, positions) { dropout in table.dropout_mask(dropout, row, &mask, count) }
                #expect(mask == expected)
            }
        }
    }

    @Test func `draws of neighbouring columns, positions, heads and sites are unrelated`() {
        let key: UInt64 = 0xFEED_F00D_1234
        func drops(_ position: UInt32, _ site: UInt32, _ head: UInt32) -> [Bool] {
            (0..<65_536).map { draw(key, position: position, site: site, head: head, column: $0) < 6554 }
        }
        let base = drops(7, 3, 1)
        func together(_ other: [Bool]) -> Double { Double(zip(base, other).count { $0 && $1 }) / 65_536 }
        // A hundredth when unrelated; five standard deviations are 0.002.
        for other in [drops(8, 3, 1), drops(7, 4, 1), drops(7, 3, 2), drops(7 + 256, 3, 1)] {
            #expect(abs(together(other) - 0.01) < 0.002)
        }
        for lag in [1, 2, 15, 16, 17, 32, 64, 127, 128, 129, 1024] {
            #expect(abs(together(Array(base[lag...]) + base[..<lag]) - 0.01) < 0.002, "lag \(lag)")
        }
    }

    private func withDescription(_ keys: [UInt64], _ positions: [UInt32], _ body: (UnsafePointer<ck_dropout>) -> Void) {
        keys.withUnsafeBufferPointer { keys in
            positions.withUnsafeBufferPointer { positions in
                var dropout = ck_dropout(
                    keys: keys.baseAddress!, positions: positions.baseAddress!, site: 9, head: 3, threshold: 6554,
                    scale: 1.25)
                body(&dropout)
            }
        }
    }

    @Test func `a tenth of all elements is dropped at rate 0_1 and the mean is kept`() throws {
        let site = DropoutSite(number: 1, rate: 0.1)
        var (keys, positions): ([UInt64], [UInt32]) = ([], [])
        for sequence in 0..<500 {
            keys.append(DropoutKey(seed: 3, step: 1).philoxKey(sequence: sequence))
            positions.append(UInt32(sequence % 7))
        }
        let table = try #require(kernelTables().last)
        var sum = 0.0
        var zeros = 0
        keys.withUnsafeMutableBufferPointer { keys in
            positions.withUnsafeMutableBufferPointer { positions in
                guard var dropout = site.describe(keys: keys.baseAddress!, positions: positions.baseAddress!) else {
                    return
                }
                var mask = [Float](repeating: 0, count: 256)
                for row in 0..<500 {
                    table.dropout_mask(&dropout, row, &mask, 256)
                    sum += mask.reduce(0) { $0 + Double($1) }
                    zeros += mask.count { $0 == 0 }
                }
            }
        }
        // 128,000 draws: five standard deviations are 0.0042.
        #expect(abs(Double(zeros) / 128_000 - 0.1) < 0.0042)
        #expect(abs(sum / 128_000 - 1) < 0.0047)
    }

    @Test(arguments: [1, 7, 16, 129, 768])
    func `LayerNorm and its backward follow the formula`(width: Int) {
        let (rows, epsilon) = (3, 1e-6)
        let (x, gamma, beta) = (random(rows * width, 1), random(width, 2), random(width, 3))
        let dy = random(rows * width, 4)
        var (y, dx) = ([Double](repeating: 0, count: rows * width), [Double](repeating: 0, count: rows * width))
        var dgamma = [Double](repeating: 0, count: width)
        for row in 0..<rows {
            let values = x[row * width..<(row + 1) * width].map(Double.init)
            let mean = values.reduce(0, +) / Double(width)
            let inverse =
                1 / (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width) + epsilon).squareRoot()
            let normal = values.map { ($0 - mean) * inverse }
            let g = (0..<width).map { Double(dy[row * width + $0]) * Double(gamma[$0]) }
            let (sum, dot) = (
                g.reduce(0, +) / Double(width), zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
            )
            for i in 0..<width {
                y[row * width + i] = normal[i] * Double(gamma[i]) + Double(beta[i])
                dx[row * width + i] = (g[i] - sum - normal[i] * dot) * inverse
                dgamma[i] += Double(dy[row * width + i]) * normal[i]
            }
        }
        for table in kernelTables() {
            var (used, ours, normal) = (x, x, x)
            var inverse = [Float](repeating: 0, count: rows)
            table.layer_norm(&used, gamma, beta, Float(epsilon), &ours, &normal, 0, &inverse, rows, width)
            #expect(relativeError(ours, y) < 1e-6)
            var again = [Float](repeating: 9, count: rows * width)
            table.norm_output(normal, 0, gamma, beta, &again, rows, width)
            #expect(again == ours)
            (used, ours) = (x, x)
            var halves = [UInt16](repeating: 9, count: rows * width)
            table.layer_norm(&used, gamma, beta, Float(epsilon), &ours, &halves, 1, &inverse, rows, width)
            #expect(relativeError(ours, y) < 1e-6 && halves == normal.map(rounded))
            guard width > 1 else { continue }
            var (back, ourGamma, ourBeta) = (
                dy, [Float](repeating: 9, count: width), [Float](repeating: 9, count: width)
            )
            table.layer_norm_backward(&back, normal, 0, inverse, gamma, &ourGamma, &ourBeta, rows, width)
            #expect(relativeError(back, dx) < 2e-6)
            #expect(relativeError(ourGamma, dgamma) < 1e-6)
            #expect(
                relativeError(
                    ourBeta, (0..<width).map { i in (0..<rows).reduce(0) { $0 + Double(dy[$1 * width + i]) } }) < 1e-6)
            back = dy
            table.layer_norm_backward(&back, halves, 1, inverse, gamma, &ourGamma, &ourBeta, rows, width)
            #expect(relativeError(back, dx) < 4e-3)
        }
    }

    @Test(arguments: [1, 7, 128, 131, 768])
    func `a residual connection with bias and dropout, and its backward, follow the formula`(width: Int) {
        let rows = 3
        let (keys, positions): ([UInt64], [UInt32]) = ([3, 3, 0xABCD_EF01_2345], [0, 1, 17])
        let (x, bias, residual) = (random(rows * width, 21), random(width, 22), random(rows * width, 23))
        let dy = random(rows * width, 24)
        for drops in [false, true] {
            let masks = (0..<rows * width).map { index -> Double in
                let (row, column) = index.quotientAndRemainder(dividingBy: width)
                let word = draw(keys[row], position: positions[row], site: 9, head: 3, column: column)
                return !drops ? 1 : word < 6554 ? 0 : 1.25
            }
            let y = masks.indices.map { masks[$0] * (Double(x[$0]) + Double(bias[$0 % width])) + Double(residual[$0]) }
            let dx = masks.indices.map { masks[$0] * Double(dy[$0]) }
            let dbias = (0..<width).map { i in (0..<rows).reduce(0) { $0 + dx[$1 * width + i] } }
            for table in kernelTables() {
                withDescription(keys, positions) { description in
                    let dropout = drops ? description : nil
                    var (apart, overX, overResidual) = ([Float](repeating: 9, count: rows * width), x, residual)
                    table.bias_dropout_residual(x, bias, residual, dropout, &apart, rows, width)
                    #expect(relativeError(apart, y) < 1e-6)
                    overX.withUnsafeMutableBufferPointer { y in
                        guard let y = y.baseAddress else { return }
                        table.bias_dropout_residual(y, bias, residual, dropout, y, rows, width)
                    }
                    overResidual.withUnsafeMutableBufferPointer { y in
                        guard let y = y.baseAddress else { return }
                        table.bias_dropout_residual(x, bias, y, dropout, y, rows, width)
                    }
                    #expect(overX == apart && overResidual == apart)
                    var (back, sums) = ([Float](repeating: 9, count: rows * width), [Float](repeating: 9, count: width))
                    table.bias_dropout_residual_backward(dy, dropout, &back, 0, &sums, rows, width)
                    #expect(back == dx.map { Float($0) })
                    #expect(relativeError(sums, dbias) < 1e-6)
                    var halves = [UInt16](repeating: 9, count: rows * width)
                    table.bias_dropout_residual_backward(dy, dropout, &halves, 1, &sums, rows, width)
                    #expect(halves == back.map(rounded))
                    #expect(relativeError(sums, dbias) < 1e-6)
                }
            }
        }
    }

    @Test(arguments: [CK_GELU, CK_GELU_TANH, CK_RELU, CK_SILU].map(\.rawValue))
    func `activations and their slopes follow the formula`(kind: UInt32) {
        func truth(_ x: Double) -> Double {
            switch ck_activation(kind) {
            case CK_GELU: x * 0.5 * erfc(-x / 2.0.squareRoot())
            case CK_GELU_TANH: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            case CK_SILU: x / (1 + exp(-x))
            default: max(0, x)
            }
        }
        let x = random(1000, 5, scale: 3)
        let (bias, dy) = ([Float](repeating: 0.25, count: 100), random(1000, 6))
        for table in kernelTables() {
            var (u, y) = (x, [Float](repeating: 0, count: 1000))
            table.bias_activation(x, bias, &u, &y, 0, ck_activation(kind), 10, 100)
            #expect(u == x.map { $0 + 0.25 })
            let error = zip(u, y).reduce(0) {
                max($0, abs(Double($1.1) - truth(Double($1.0))) / max(1, abs(truth(Double($1.0)))))
            }
            #expect(error < 3e-7, "\(error)")
            var (du, again, sums) = (dy, y, [Float](repeating: 9, count: 100))
            var used = dy
            table.bias_activation_backward(u, &used, &du, &again, 0, &sums, ck_activation(kind), 10, 100)
            let slopes = zip(u, dy).map { value, gradient in
                Double(gradient) * (truth(Double(value) + 1e-5) - truth(Double(value) - 1e-5)) / 2e-5
            }
            #expect(relativeError(du, slopes) < 1e-6)
            #expect(relativeError(again, y.map(Double.init)) < 1e-6)
            #expect(relativeError(sums, (0..<100).map { i in (0..<10).reduce(0) { $0 + slopes[$1 * 100 + i] } }) < 1e-6)
            var (halfU, halfY) = ([UInt16](repeating: 9, count: 1000), [UInt16](repeating: 9, count: 1000))
            table.bias_activation(x, bias, &halfU, &halfY, 1, ck_activation(kind), 10, 100)
            #expect(halfU == u.map(rounded) && halfY == y.map(rounded))
            var halfDu = halfU
            used = dy
            table.bias_activation_backward(halfU, &used, &halfDu, &halfY, 1, &sums, ck_activation(kind), 10, 100)
            #expect(halfDu == used.map(rounded) && relativeError(used, slopes) < 1e-2)
        }
    }

    @Test(arguments: [1, 5, 128, 131, 600])
    func `softmax with dropout and its backward follow the formula`(length: Int) {
        let (keys, positions): ([UInt64], [UInt32]) = ([42], [0])
        let (scores, gradient) = (random(length * length, 7, scale: 4), random(length * length, 8))
        let scale = 0.125
        var (truth, dropped, slopes) = ([Double](), [Double](), [Double]())
        for row in 0..<length {
            let range = row * length..<(row + 1) * length
            let powers = scores[range].map { exp(scale * Double($0)) }
            let sum = powers.reduce(0, +)
            let chances = powers.map { $0 / sum }
            let mask = (0..<length).map {
                draw(keys[0], position: UInt32(row), site: 9, head: 3, column: $0) < 6554 ? 0 : 1.25
            }
            let dp = zip(range, mask).map { Double(gradient[$0]) * $1 }
            let dot = zip(chances, dp).reduce(0) { $0 + $1.0 * $1.1 }
            truth += chances
            dropped += zip(chances, mask).map { $0 * $1 }
            slopes += zip(chances, dp).map { scale * $0 * ($1 - dot) }
        }
        for table in kernelTables() {
            var (p, plain) = (scores, scores)
            var (maxima, factors) = ([Float](repeating: 0, count: length), [Float](repeating: 0, count: length))
            table.softmax(&plain, &maxima, &factors, 0, length, length, Float(scale), nil)
            #expect(relativeError(plain, truth) < 1e-6)
            // In two blocks of rows, as a long sequence is.
            let cut = length / 2
            withDescription(keys, positions) { dropout in
                p.withUnsafeMutableBufferPointer { p in
                    guard let base = p.baseAddress else { return }
                    table.softmax(base, &maxima, &factors, 0, cut, length, Float(scale), dropout)
                    maxima.withUnsafeMutableBufferPointer { maxima in
                        factors.withUnsafeMutableBufferPointer { factors in
                            table.softmax(
                                base + cut * length, maxima.baseAddress! + cut, factors.baseAddress! + cut, cut,
                                length - cut, length, Float(scale), dropout)
                        }
                    }
                }
            }
            #expect(relativeError(p, dropped) < 1e-6)
            var (again, ds) = (scores, gradient)
            withDescription(keys, positions) { dropout in
                table.softmax_backward(&again, &ds, maxima, factors, 0, length, length, Float(scale), dropout)
            }
            #expect(relativeError(again, dropped) < 1e-6)
            if length > 1 { #expect(relativeError(ds, slopes) < 2e-6) }
        }
    }

    @Test func `cross entropy over a vocabulary follows the formula`() {
        let (rows, width) = (4, 30_522)
        let (logits, bias) = (random(rows * width, 9, scale: 3), random(width, 10))
        let labels: [Int32] = [0, 30_521, 777, 5]
        for table in kernelTables() {
            for gradient: Int32 in [0, 1] {
                var ours = logits
                var (losses, correct) = ([Double](repeating: 0, count: rows), [UInt8](repeating: 9, count: rows))
                table.cross_entropy(&ours, bias, labels, 0.5, gradient, 0, &losses, &correct, rows, width)
                for row in 0..<rows {
                    let sums = (0..<width).map { Double(logits[row * width + $0] + bias[$0]) }
                    let top = sums.max() ?? 0
                    let total = sums.reduce(0) { $0 + exp($1 - top) }
                    let label = Int(labels[row])
                    #expect(abs(losses[row] - (log(total) + top - sums[label])) < 2e-7)
                    #expect(correct[row] == (sums[label] == top ? 1 : 0))
                    let expected =
                        gradient == 0
                        ? sums : sums.indices.map { 0.5 * (exp(sums[$0] - top) / total - ($0 == label ? 1 : 0)) }
                    #expect(relativeError(Array(ours[row * width..<(row + 1) * width]), expected) < 1e-6)
                }
                guard gradient == 1 else { continue }
                var halves = logits
                table.cross_entropy(&halves, bias, labels, 0.5, 1, 1, &losses, &correct, rows, width)
                halves.withUnsafeBytes { bytes in
                    let numbers = bytes.bindMemory(to: UInt16.self)
                    for row in 0..<rows {
                        let expected = ours[row * width..<(row + 1) * width].map(rounded)
                        #expect(Array(numbers[2 * row * width..<(2 * row + 1) * width]) == expected)
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 700])
    func `sums of columns go over rows that lie apart`(width: Int) {
        let (rows, stride) = (5, 2 * width)
        let x = random(rows * stride, 31)
        let halves = x.map(rounded)
        let expected = (0..<width).map { i in (0..<rows).reduce(0) { $0 + Double(x[$1 * stride + i]) } }
        for table in kernelTables() {
            var sums = [Float](repeating: 9, count: width)
            table.column_sums(x, 0, stride, &sums, rows, width)
            #expect(relativeError(sums, expected) < 1e-6)
            table.column_sums(halves, 1, stride, &sums, rows, width)
            #expect(relativeError(sums, expected) < 1e-2)
        }
    }

    @Test func `AdamW and LAMB follow their papers`() {
        let count = 301
        let (w, g, m) = (random(count, 11), random(count, 12), random(count, 13))
        let v = random(count, 14).map { $0 * $0 }
        var step = ck_optimizer_step(
            learning_rate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weight_decay: 0.1, bias1: 0.271, bias2: 0.0297,
            gradient_scale: 0.5)
        var (newM, newV, adam, update) = ([Double](), [Double](), [Double](), [Double]())
        for i in 0..<count {
            let gradient = 0.5 * Double(g[i])
            newM.append(0.9 * Double(m[i]) + 0.1 * gradient)
            newV.append(0.99 * Double(v[i]) + 0.01 * gradient * gradient)
            let direction = newM[i] / 0.271 / ((newV[i] / 0.0297).squareRoot() + 1e-6)
            adam.append(Double(w[i]) * (1 - 1e-3) - 1e-2 * direction)
            update.append(direction + 0.1 * Double(w[i]))
        }
        for table in kernelTables() {
            var (ourW, ourM, ourV) = (w, m, v)
            var used = g
            table.adamw(&ourW, &used, &ourM, &ourV, count, &step)
            #expect(used.allSatisfy { $0 == 0 })
            #expect(
                relativeError(ourW, adam) < 1e-6 && relativeError(ourM, newM) < 1e-6 && relativeError(ourV, newV) < 1e-6
            )
            (ourM, ourV) = (m, v)
            var ours = g
            var (weightSquares, updateSquares) = (0.0, 0.0)
            ours.withUnsafeMutableBufferPointer { buffer in
                // The update may take the gradient's place.
                table.lamb_update(
                    w, buffer.baseAddress!, &ourM, &ourV, buffer.baseAddress!, count, &step, &weightSquares,
                    &updateSquares)
            }
            #expect(relativeError(ours, update) < 1e-6)
            #expect(abs(weightSquares / w.reduce(0) { $0 + Double($1) * Double($1) } - 1) < 1e-12)
            #expect(abs(updateSquares / update.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
            ourW = w
            table.apply_update(&ourW, &ours, 0.5, count)
            #expect(relativeError(ourW, zip(w, update).map { Double($0) - 0.5 * $1 }) < 1e-6)
        }
    }

    @Test func `the environment can only lower the instruction set`() {
        #expect(ck_table(CK_PORTABLE) != nil)
        #expect(ck_table(ck_active().pointee.isa) != nil)
    }
}
