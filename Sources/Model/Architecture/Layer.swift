/// A layer of the encoder, from hidden rows to hidden rows: T tokens of width H.
///
/// A layer is a value that knows its parameters; what a pass keeps for backward is a value of its own, so that one layer
/// may be at work in several places. Memory of `Pass.matrix` lasts from forward until the layer's backward is done.
public protocol Layer: Sendable {
    /// What backward needs of forward.
    associatedtype Kept

    /// From x [T, H] to y [T, H], another matrix. Both stay as they are until backward is done.
    func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept

    /// The gradient [T, H] of the output becomes that of x, in place; gradients of the parameters are added.
    func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass)
}

extension Layer {
    /// Forward, giving backward as a function: what a layer keeps is of a type that the stack does not know.
    func forwardForBackward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> (MatrixView) -> Void {
        let kept = forward(x, output: y, pass)
        return { backward(kept, gradient: $0, pass) }
    }
}

/// Two layers, one after the other.
public struct Chain<First: Layer, Second: Layer>: Layer {
    private let first: First
    private let second: Second

    /// `first`, then `second`.
    public init(_ first: First, _ second: Second) { (self.first, self.second) = (first, second) }

    /// Through both.
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> (First.Kept, Second.Kept) {
        let between = pass.matrix(x.rows, x.columns)
        let kept = first.forward(x, output: between, pass)
        return (kept, second.forward(between, output: y, pass))
    }

    /// Back through both.
    public func backward(_ kept: (First.Kept, Second.Kept), gradient: MatrixView, _ pass: Pass) {
        second.backward(kept.1, gradient: gradient, pass)
        first.backward(kept.0, gradient: gradient, pass)
    }
}
