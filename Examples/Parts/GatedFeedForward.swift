public import Model

/// GeGLU (Shazeer 2020): (gelu(x Wgᵀ + bg) ⊙ (x Wvᵀ + bv)) Woᵀ + bo, in place of the feed-forward network.
public struct GatedFeedForward: Layer {
    private let gate: Linear
    private let value: Linear
    private let outer: Linear

    /// Declares `geglu.gate`, `geglu.value` [I, H] and `geglu.outer` [H, I].
    public init(_ scope: inout ParameterScope) {
        let (width, within) = (scope.configuration.hiddenSize, scope.configuration.intermediateSize)
        gate = scope.linear("geglu.gate", inputs: width, outputs: within)
        value = scope.linear("geglu.value", inputs: width, outputs: within)
        outer = scope.linear("geglu.outer", inputs: within, outputs: width)
    }

    /// What backward needs.
    public struct Kept {
        let x: MatrixView
        /// The gate before and after GELU, the value, and the product of the two; [T, I] each.
        let gate: MatrixView
        let opened: MatrixView
        let value: MatrixView
        let product: MatrixView
    }

    /// From x [T, H] to y [T, H].
    public func forward(_ x: MatrixView, output y: MatrixView, _ pass: Pass) -> Kept {
        let within = gate.weight.rows
        let kept = Kept(
            x: x, gate: pass.matrix(x.rows, within), opened: pass.matrix(x.rows, within),
            value: pass.matrix(x.rows, within), product: pass.matrix(x.rows, within))
        pass.linear(x, gate, output: kept.gate)
        pass.linear(x, value, output: kept.value)
        pass.activate(.gelu, kept.gate, output: kept.opened)
        multiply(kept.opened, kept.value, output: kept.product, pass)
        pass.linear(kept.product, outer, output: y)
        return kept
    }

    /// Both factors of the product take their share of its gradient.
    public func backward(_ kept: Kept, gradient: MatrixView, _ pass: Pass) {
        pass.temporarily {
            let dProduct = pass.matrix(gradient.rows, gate.weight.rows)
            let dGate = pass.matrix(gradient.rows, gate.weight.rows)
            pass.linearBackward(gradient, kept.product, outer, into: dProduct)
            multiply(dProduct, kept.value, output: dGate, pass)
            multiply(dProduct, kept.opened, output: dProduct, pass)
            pass.activateBackward(.gelu, kept.gate, gradient: dGate)
            pass.linearBackward(dGate, kept.x, gate, into: gradient)
            pass.linearBackward(dProduct, kept.x, value, into: gradient, adding: true)
        }
    }

    /// y = a ⊙ b, element by element.
    private func multiply(_ a: MatrixView, _ b: MatrixView, output y: MatrixView, _ pass: Pass) {
        pass.forEachPanel(a.rows) { rows in
            for place in rows.lowerBound * a.columns..<rows.upperBound * a.columns {
                y.base[place] = a.base[place] * b.base[place]
            }
        }
    }
}
