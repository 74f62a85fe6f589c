import CKernels
import Streaming
import Testing

@testable import Model

/// Products on every instruction set this CPU has, against sums in double precision.
@Suite struct ProductTests {
    private struct Shape: CustomStringConvertible {
        let (m, n, k): (Int, Int, Int)
        init(_ m: Int, _ n: Int, _ k: Int) { (self.m, self.n, self.k) = (m, n, k) }
        var description: String { "\(m)x\(n)x\(k)" }
    }

    private let shapes = [
        Shape(1, 1, 1), Shape(3, 5, 7), Shape(8, 32, 16), Shape(17, 33, 31), Shape(130, 65, 64), Shape(129, 40, 300),
        Shape(9, 100, 1025), Shape(40, 2, 128),
    ]

    private func random(_ count: Int, _ seed: UInt64) -> FloatBuffer {
        var random = Philox(seed: seed, purpose: Philox.purpose("product test"))
        let buffer = FloatBuffer(count: count)
        for index in 0..<count { buffer[index] = Float(2 * random.unit() - 1) }
        return buffer
    }

    private func half(_ x: Float) -> Double {
        var y: UInt16 = 0
        ck_table(CK_PORTABLE)?.pointee.to_bf16([x], &y, 1)
        return Double(Float(bitPattern: UInt32(y) << 16))
    }

    /// Every combination of transposed factors, adding or not, in one piece and cut into rows and panels.
    private func check(_ products: MatrixProduct, _ shape: Shape, storesHalf: Bool) {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
            let (a, b) = (random(m * k, 1), random(k * n, 2))
            let views = (
                MatrixView(a.base, rows: left ? k : m, columns: left ? m : k),
                MatrixView(b.base, rows: right ? n : k, columns: right ? k : n)
            )
            let x = a.values(0..<m * k).map { products.isHalf ? half($0) : Double($0) }
            let y = b.values(0..<n * k).map { products.isHalf ? half($0) : Double($0) }
            var truth = [Double](repeating: 0, count: m * n)
            for i in 0..<m {
                for j in 0..<n {
                    var sum = 0.0
                    for l in 0..<k {
                        let (first, second) = (left ? l * m + i : i * k + l, right ? j * k + l : l * n + j)
                        sum += x[first] * y[second]
                    }
                    truth[i * n + j] = sum
                }
            }
            let arena = ActivationArena()
            let words = arena.take(UInt32.self, products.packedWords(inner: k, columns: n))
            let factors = [views.0, views.1].map { factor($0, storesHalf, products, arena) }
            let packed = products.packed(factors[1], transposed: right, words: words)
            let whole = arena.matrix(m, n)
            products.multiply(factors[0], transposed: left, packed, into: whole)
            #expect(error(whole, truth) < 3e-6, "\(shape) \(left) \(right)")
            let cut = arena.matrix(m, n)
            cut.base.update(repeating: 1, count: m * n)
            let panels = products.panels(n)
            for rows in [0..<m / 2, m / 2..<m] {
                for part in [0..<panels / 2, panels / 2..<panels] {
                    let columns = part.lowerBound * products.panelWidth..<min(n, part.upperBound * products.panelWidth)
                    products.multiply(
                        factors[0], transposed: left, rows: rows, packed, panels: part,
                        into: cut[rows: rows][columns: columns], adding: true)
                }
            }
            #expect(error(cut, truth.map { $0 + 1 }) < 3e-6, "\(shape) \(left) \(right), cut")
        }
    }

    private func factor(_ view: MatrixView, _ half: Bool, _ products: MatrixProduct, _ arena: ActivationArena) -> Factor
    {
        guard half else { return Factor(view) }
        let stored = arena.stored(view.rows, view.columns, isHalf: true)
        products.kernels.to_bf16(
            view.base, stored.base.assumingMemoryBound(to: UInt16.self), view.rows * view.columns)
        return Factor(stored)
    }

    private func error(_ ours: MatrixView, _ truth: [Double]) -> Double {
        relativeError(ours.values, truth)
    }

    @Test func `fp32 products are exact to rounding`() {
        for table in kernelTables() {
            let products = MatrixProduct(kernels: table, library: .native, isHalf: false)
            for shape in shapes { check(products, shape, storesHalf: false) }
        }
    }

    @Test func `bf16 products are those of the rounded factors, whichever way these are stored`() {
        for table in kernelTables() {
            let products = MatrixProduct(kernels: table, library: .native, isHalf: true)
            for shape in shapes {
                check(products, shape, storesHalf: false)
                check(products, shape, storesHalf: true)
            }
        }
    }

    @Test func `OpenBLAS gives the same`() throws {
        let products = try Arithmetic(library: .openblas).products(ck_active().pointee)
        for shape in shapes { check(products, shape, storesHalf: false) }
    }

    @Test func `oneDNN gives the same, in bf16 too where the processor has it`() throws {
        let kernels = ck_active().pointee
        guard let single = try? Arithmetic(library: .onednn).products(kernels) else { return }
        for shape in shapes { check(single, shape, storesHalf: false) }
        guard Arithmetic.hasFastHalf else { return }
        let half = try Arithmetic(precision: .bf16, library: .onednn).products(kernels)
        for shape in shapes {
            check(half, shape, storesHalf: false)
            check(half, shape, storesHalf: true)
        }
    }

    @Test func `what a processor or library cannot do is refused, and auto asks for nothing that is not there`() throws
    {
        #expect(throws: Failure.self) {
            try Arithmetic(precision: .bf16, library: .openblas).products(ck_active().pointee)
        }
        let automatic = Arithmetic(precision: .auto).resolved
        #expect(automatic.precision == (Arithmetic.hasFastHalf ? .bf16 : .fp32) && automatic.library != .auto)
        #expect(Arithmetic(precision: .auto, library: .openblas).resolved.precision == .fp32)
    }

    @Test func `rounding to bf16 is to nearest even, and keeps infinities and NaN`() {
        let x: [Float] = [1, 1 + 1 / 256, 1 + 3 / 256, -1 - 1 / 256, .infinity, -.infinity, .nan, 3.4e38, 0, -0.0]
        let bits: [UInt16] = [0x3F80, 0x3F80, 0x3F82, 0xBF80, 0x7F80, 0xFF80, 0x7FC0, 0x7F80, 0, 0x8000]
        for table in kernelTables() {
            var y = [UInt16](repeating: 9, count: x.count)
            table.to_bf16(x, &y, x.count)
            #expect(y == bits)
            var long = [UInt16](repeating: 9, count: 64)
            table.to_bf16([Float](repeating: 1 + 1 / 256, count: 64), &long, 64)
            #expect(long == [UInt16](repeating: 0x3F80, count: 64))
        }
    }
}
