public import Model

/// The feed-forward network without what surrounds it: activation(x W1ᵀ + b1) W2ᵀ + b2.
public struct FeedForward: Layer {
    private let inner: Linear
    private let outer: Linear
    private let activation: Activation

    /// Declares `feed_forward.inner` [I, H] and `feed_forward.outer` [H, I].
    public init(_ scope: inout ParameterScope) {
        let (width, within) = (scope.configuration.hiddenSize, scope.configuration.intermediateSize)
        inner = scope.linear("feed_forward.inner", inputs: width, outputs: within)
        outer = scope.linear("feed_forward.outer", inputs: within, outputs: width)
        activation = scope.configuration.activation
    }

    /// What backward needs.
    public struct Kept {
        let x: MatrixView
        let inner: MatrixView
        let activated: MatrixView
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        let within = inner.weight.rows
        let kept = Kept(x: x, inner: pass.matrix(x.rows, within), activated: pass.matrix(x.rows, within))
        pass.linear(x, inner, output: kept.inner)
        pass.activate(activation, kept.inner, output: kept.activated)
        pass.linear(kept.activated, outer, output: y)
        return kept
    }

    /// Back through the three.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            let dInner = pass.matrix(gradient.rows, inner.weight.rows)
            pass.linearBackward(gradient, kept.activated, outer, into: dInner)
            pass.activateBackward(activation, kept.inner, gradient: dInner)
            pass.linearBackward(dInner, kept.x, inner, into: gradient)
        }
    }
}
