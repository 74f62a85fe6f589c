public import Model

/// A pre-LN sublayer (Xiong and others 2020): y = x + dropout(inner(LayerNorm(x))), whatever `inner` is.
public struct PreNorm<Inner: Layer>: Layer {
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
        let normed = pass.matrix(x.rows, x.columns)
        let normKept = pass.norm(x, norm, output: normed)
        let innerKept = inner.forward(normed, output: y, pass)
        pass.dropout(y, site)
        pass.add(x, to: y)
        return Kept(norm: normKept, inner: innerKept)
    }

    /// The gradient goes through the sublayer, and past it.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            let within = pass.copy(gradient)
            pass.dropout(within, site)
            inner.backward(kept.inner, gradient: within, pass)
            pass.normBackward(kept.norm, norm, gradient: within)
            pass.add(within, to: gradient)
        }
    }
}
