/// A linear layer's weight [outputs, inputs] and bias [outputs], and where their gradients go.
struct LinearParameters: @unchecked Sendable {
    let weight: MatrixView
    let bias: UnsafeMutablePointer<Float>
    let weightGradient: MatrixView
    let biasGradient: UnsafeMutablePointer<Float>

    var outputs: Int { weight.rows }
}

/// LayerNorm's scale and shift, and where their gradients go.
struct NormParameters: @unchecked Sendable {
    let gamma: UnsafeMutablePointer<Float>
    let beta: UnsafeMutablePointer<Float>
    let gammaGradient: UnsafeMutablePointer<Float>
    let betaGradient: UnsafeMutablePointer<Float>
    let epsilon: Float
}

/// Finds a model's parameters by name.
struct ParameterViews {
    let layout: ParameterLayout
    let parameters: FloatBuffer
    let gradients: FloatBuffer
    let epsilon: Float

    private func entry(_ name: String) -> ParameterLayout.Entry {
        guard let entry = layout[name] else { preconditionFailure("the layout has no parameter \(name)") }
        return entry
    }

    /// A table or weight and its gradient; `stacked` tensors that lie side by side are taken as one.
    func matrix(_ name: String, stacked: Int = 1) -> (value: MatrixView, gradient: MatrixView) {
        let entry = entry(name)
        let (rows, columns) = (entry.shape[0] * stacked, entry.shape[1])
        return (
            MatrixView(parameters.base + entry.offset, rows: rows, columns: columns),
            MatrixView(gradients.base + entry.offset, rows: rows, columns: columns)
        )
    }

    func vector(_ name: String) -> (value: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>) {
        let offset = entry(name).offset
        return (parameters.base + offset, gradients.base + offset)
    }

    func linear(_ name: String, stacked: Int = 1) -> LinearParameters {
        let weight = matrix(name + ".weight", stacked: stacked)
        let bias = vector(name + ".bias")
        return LinearParameters(
            weight: weight.value, bias: bias.value, weightGradient: weight.gradient, biasGradient: bias.gradient)
    }

    func norm(_ name: String) -> NormParameters {
        let (gamma, beta) = (vector(name + ".weight"), vector(name + ".bias"))
        return NormParameters(
            gamma: gamma.value, beta: beta.value, gammaGradient: gamma.gradient, betaGradient: beta.gradient,
            epsilon: epsilon)
    }
}
