public import Model

/// Self-attention without what surrounds it: Wo attention(x Wqkv) (Vaswani and others 2017).
public struct Attention: Layer {
    private let projection: Linear
    private let dense: Linear
    private let heads: Int
    private let site: DropoutSite

    /// Declares `attention.qkv` [3H, H] and `attention.dense` [H, H].
    public init(_ scope: inout ParameterScope) {
        let width = scope.configuration.hiddenSize
        heads = scope.configuration.heads
        projection = scope.linear("attention.qkv", inputs: width, outputs: 3 * width)
        dense = scope.linear("attention.dense", inputs: width, outputs: width)
        site = scope.dropout(scope.configuration.attentionDropout)
    }

    /// What backward needs.
    public struct Kept {
        let x: MatrixView
        let context: MatrixView
        let attention: Pass.AttentionKept
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        let projected = pass.matrix(x.rows, 3 * x.columns)
        pass.linear(x, projection, output: projected)
        let context = pass.matrix(x.rows, x.columns)
        let kept = pass.attention(projected, heads: heads, dropout: site, output: context)
        pass.linear(context, dense, output: y)
        return Kept(x: x, context: context, attention: kept)
    }

    /// Back through the three.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            let dContext = pass.matrix(gradient.rows, gradient.columns)
            let dProjected = pass.matrix(gradient.rows, 3 * gradient.columns)
            pass.linearBackward(gradient, kept.context, dense, into: dContext)
            pass.attentionBackward(kept.attention, gradient: dContext, into: dProjected)
            pass.linearBackward(dProjected, kept.x, projection, into: gradient)
        }
    }
}
