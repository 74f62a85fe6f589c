internal import CKernels

/// BERT's attention sublayer, with its residual connection and LayerNorm where the configuration says, as a part of a
/// layer of your own.
public struct BertAttention: Layer {
    private let projection: Linear
    private let dense: Linear
    private let norm: Norm
    private let heads: Int
    private let placement: NormPlacement
    private let probabilities: DropoutSite
    private let site: DropoutSite

    /// Declares its parameters by BERT's names, so that BERT's weights fill it.
    public init(_ scope: inout ParameterScope) {
        let configuration = scope.configuration
        let width = configuration.hiddenSize
        (heads, placement) = (configuration.heads, configuration.normPlacement)
        projection = scope.stacked(
            ["query", "key", "value"].map { "attention.self.\($0)" }, inputs: width, outputs: width)
        dense = scope.linear("attention.output.dense", inputs: width, outputs: width)
        norm = scope.norm(ParameterLayout.normNames("", placement).attention, size: width)
        probabilities = scope.dropout(configuration.attentionDropout)
        site = scope.dropout(configuration.hiddenDropout)
    }

    /// What backward needs.
    public struct Kept {
        fileprivate let saved: SelfAttention.Saved
        fileprivate let input: StoredMatrix?
    }

    private func sublayer(_ pass: Pass) -> SelfAttention {
        let parameters = pass.parameters(projection)
        return SelfAttention(
            projection: parameters,
            attention: MultiHeadAttention(
                heads: heads, headSize: projection.weight.columns / heads, site: probabilities),
            output: SublayerOutput(
                dense: pass.parameters(dense), norm: pass.parameters(norm), placement: placement, site: site))
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        let sublayer = sublayer(pass)
        let saved = sublayer.reserve(pass.batch, pass.engine)
        sublayer.forward(x, into: saved, output: y, pass.batch, pass.engine)
        return Kept(saved: saved, input: placement == .post ? pass.engine.factor(x) : nil)
    }

    /// The gradient of y becomes that of x, in place.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        sublayer(pass).backward(kept.saved, input: kept.input, gradient: gradient, pass.batch, pass.engine)
    }
}
