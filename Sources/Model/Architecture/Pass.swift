internal import CKernels
internal import Streaming

/// What a part of your own computes with during one pass over a batch: memory, threads, parameters and their gradients.
///
/// Results depend on shapes alone, never on the number of threads, as long as a part divides its work by
/// `forEachPanel`. The matrices of its operations are dense, and in fp32; in mixed precision the products round them on
/// the way.
public struct Pass: @unchecked Sendable {
    let engine: Engine
    let batch: PlannedBatch
    let parameters: UnsafeMutablePointer<Float>
    let gradients: UnsafeMutablePointer<Float>

    /// Tokens of the batch, T.
    public var rows: Int { batch.rows }
    /// Sequences of the batch.
    public var sequences: Int { batch.sequences }
    /// The rows of a sequence.
    public func range(_ sequence: Int) -> Range<Int> { batch.range(sequence) }

    /// A parameter's numbers.
    public func value(_ parameter: Parameter) -> MatrixView {
        MatrixView(parameters + parameter.offset, rows: parameter.rows, columns: parameter.columns)
    }

    /// A parameter's gradient, which backward adds to.
    public func gradient(_ parameter: Parameter) -> MatrixView {
        MatrixView(gradients + parameter.offset, rows: parameter.rows, columns: parameter.columns)
    }

    /// Memory for a matrix with whatever was there before; it lasts until the backward of the part is done.
    public func matrix(_ rows: Int, _ columns: Int) -> MatrixView { engine.arena.matrix(rows, columns) }

    /// Calls `body`, then takes back the memory that it asked for.
    public func temporarily<Result>(_ body: () -> Result) -> Result {
        let mark = engine.arena.mark
        defer { engine.arena.release(mark) }
        return body()
    }

    /// Calls `body` for panels of at most 64 of `rows` rows, on all threads; it may ask for no memory.
    public func forEachPanel(_ rows: Int, _ body: @Sendable (_ rows: Range<Int>) -> Void) {
        let panels = RowPanels(rows)
        engine.pool.parallelFor(panels.count) { body(panels[$0]) }
    }

    // MARK: as BERT's layers have them

    func parameters(_ linear: Linear) -> LinearParameters {
        LinearParameters(
            weight: value(linear.weight), bias: value(linear.bias).base, weightGradient: gradient(linear.weight),
            biasGradient: gradient(linear.bias).base)
    }

    func parameters(_ norm: Norm) -> NormParameters {
        NormParameters(
            gamma: value(norm.gamma).base, beta: value(norm.beta).base, gammaGradient: gradient(norm.gamma).base,
            betaGradient: gradient(norm.beta).base, epsilon: norm.epsilon)
    }
}
