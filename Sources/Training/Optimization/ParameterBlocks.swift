internal import CKernels
public import Model
public import Streaming

/// The parameters of a model cut into blocks that never cross a tensor: the unit of work of an optimiser.
///
/// Blocks depend on shapes alone, and sums go block by block in their order, so no result depends on the threads.
public final class ParameterBlocks {
    /// Floats of one tensor, 32,768 at most.
    public struct Block: Sendable {
        /// Where they are in the flat buffers.
        public var range: Range<Int>
        /// The tensor, counted in the order of the layout.
        var tensor: Int
        /// Whether weight decay applies.
        public var decays: Bool
    }

    static let size = 1 << 15
    let blocks: [Block]
    /// Floats in the flat buffers.
    public let count: Int
    /// Whether weight decay applies, for each tensor.
    let decays: [Bool]
    let pool: WorkerPool

    /// - Parameters:
    ///   - layout: the model's tensors.
    ///   - pool: the threads that share the work; the model's own will do.
    public convenience init(layout: ParameterLayout, pool: WorkerPool) {
        self.init(
            ranges: layout.entries.map(\.range), decays: layout.entries.map(\.decays), count: layout.count, pool: pool)
    }

    init(ranges: [Range<Int>], decays: [Bool], count: Int, pool: WorkerPool) {
        var blocks: [Block] = []
        for (tensor, range) in ranges.enumerated() {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: ParameterBlocks.size) {
                let end = min(start + ParameterBlocks.size, range.upperBound)
                blocks.append(Block(range: start..<end, tensor: tensor, decays: decays[tensor]))
            }
        }
        self.blocks = blocks
        self.decays = decays
        self.count = count
        self.pool = pool
    }

    /// Runs `body` for every block, on all threads.
    public func forEach(_ body: @Sendable (Block) -> Void) {
        let blocks = blocks
        pool.parallelFor(blocks.count) { body(blocks[$0]) }
    }

    /// Runs `body` for every block and gives the results in the order of the blocks.
    func map<Value: Sendable>(_ initial: Value, _ body: @Sendable (Block) -> Value) -> [Value] {
        let blocks = blocks
        let results = SharedResults(count: blocks.count, initial: initial)
        pool.parallelFor(blocks.count) { results.set($0, body(blocks[$0])) }
        return results.values
    }

    /// The L2 norm of all parameters' gradients.
    public func norm(_ gradients: FloatBuffer) -> Double {
        let kernel = ck_active().pointee.sum_of_squares
        return map(0.0) { kernel(gradients.base + $0.range.lowerBound, $0.range.count) }.reduce(0, +).squareRoot()
    }

    /// What gradients of this norm are to be multiplied by: min(1, limit / (norm + 1e-6)); 1 without a limit (0).
    static func clipping(_ norm: Double, to limit: Double) -> Float {
        limit > 0 ? min(1, Float(limit / (norm + 1e-6))) : 1
    }

    /// Scales the gradients so that their norm is at most `limit`: g *= min(1, limit / (norm + 1e-6)).
    /// - Returns: the norm before.
    @discardableResult
    public func clip(_ gradients: FloatBuffer, to limit: Double) -> Double {
        let norm = norm(gradients)
        let factor = Float(limit / (norm + 1e-6))
        guard factor < 1 else { return norm }
        let kernel = ck_active().pointee.scale
        forEach { kernel(gradients.base + $0.range.lowerBound, factor, $0.range.count) }
        return norm
    }
}

/// A slot for each index of a parallel loop.
///
/// Every index is written by one thread, once; hence the unchecked conformance.
private final class SharedResults<Value: Sendable>: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<Value>

    init(count: Int, initial: Value) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: initial)
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func set(_ index: Int, _ value: Value) { slots[index] = value }
    var values: [Value] { Array(slots) }
}
