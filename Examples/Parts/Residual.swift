public import Model

/// A sublayer with its residual connection and LayerNorm, whatever `inner` is: x + dropout(inner(LayerNorm(x))) where the
/// configuration says pre-LN (Xiong and others 2020), else LayerNorm(x + dropout(inner(x))).
public struct Residual<Inner: Layer>: Layer {
    private let inner: Inner
    private let norm: Norm
    private let placement: NormPlacement
    private let site: DropoutSite

    /// Declares its LayerNorm as `NAME.weight` and `NAME.bias`.
    public init(around inner: Inner, norm name: String, _ scope: inout ParameterScope) {
        self.inner = inner
        norm = scope.norm(name, size: scope.configuration.hiddenSize)
        placement = scope.configuration.normPlacement
        site = scope.dropout(scope.configuration.hiddenDropout)
    }

    /// What backward needs.
    public struct Kept {
        let norm: Pass.NormKept
        let inner: Inner.Kept
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        switch placement {
        case .pre:
            let normed = pass.matrix(x.rows, x.columns)
            let normKept = pass.norm(x, norm, output: normed)
            let innerKept = inner.forward(normed, output: y, pass)
            pass.dropout(y, site)
            pass.add(x, to: y)
            return Kept(norm: normKept, inner: innerKept)
        case .post:
            let innerKept = inner.forward(x, output: y, pass)
            pass.dropout(y, site)
            pass.add(x, to: y)
            return Kept(norm: pass.norm(y, norm, output: y), inner: innerKept)
        }
    }

    /// The gradient goes through the sublayer, and past it.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            if placement == .post { pass.normBackward(kept.norm, norm, gradient: gradient) }
            let within = pass.copy(gradient)
            pass.dropout(within, site)
            inner.backward(kept.inner, gradient: within, pass)
            if placement == .pre { pass.normBackward(kept.norm, norm, gradient: within) }
            pass.add(within, to: gradient)
        }
    }
}
