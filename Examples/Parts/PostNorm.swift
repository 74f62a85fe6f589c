public import Model

/// A sublayer as BERT has it: y = LayerNorm(x + dropout(inner(x))), whatever `inner` is.
public struct PostNorm<Inner: Layer>: Layer {
    private let inner: Inner
    private let norm: Norm
    private let site: DropoutSite

    /// Declares its LayerNorm as `NAME.weight` and `NAME.bias`.
    public init(_ inner: Inner, norm name: String, _ scope: inout ParameterScope) {
        self.inner = inner
        norm = scope.norm(name, size: scope.configuration.hiddenSize)
        site = scope.dropout(scope.configuration.hiddenDropout)
    }

    /// What backward needs.
    public struct Kept {
        let norm: Pass.NormKept
        let inner: Inner.Kept
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        let innerKept = inner.forward(x, output: y, pass)
        pass.dropout(y, site)
        pass.add(x, to: y)
        return Kept(norm: pass.norm(y, norm, output: y), inner: innerKept)
    }

    /// The gradient goes through LayerNorm, then through the sublayer and past it.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            pass.normBackward(kept.norm, norm, gradient: gradient)
            let within = pass.copy(gradient)
            pass.dropout(within, site)
            inner.backward(kept.inner, gradient: within, pass)
            pass.add(within, to: gradient)
        }
    }
}
