internal import CKernels
internal import Streaming

/// Operations on rows, each with its backward.
extension Pass {
    /// y = x Wᵀ + b, from [R, inputs] to [R, outputs].
    public func linear(_ x: MatrixView, _ linear: Linear, output y: MatrixView) {
        precondition(
            x.columns == linear.weight.columns && y.columns == linear.weight.rows && x.rows == y.rows, "sizes differ")
        let parameters = parameters(linear)
        temporarily {
            engine.multiply(Factor(x), engine.packForward(parameters.weight), into: y) { _, rows in
                engine.kernels.add_bias(y.row(rows.lowerBound), parameters.bias, rows.count, y.columns)
            }
        }
    }

    /// From the gradient of y to that of x, written to `dx` or added to it, and of W and b, added.
    /// - Parameter dx: nil when x needs none.
    public func linearBackward(
        _ dy: MatrixView, _ x: MatrixView, _ linear: Linear, into dx: MatrixView?, adding: Bool = false
    ) {
        precondition(
            x.columns == linear.weight.columns && dy.columns == linear.weight.rows && x.rows == dy.rows
                && (dx ?? x).columns == x.columns && (dx ?? x).rows == x.rows, "sizes differ")
        let parameters = parameters(linear)
        temporarily {
            engine.weightGradient(Factor(dy), Factor(x), into: parameters.weightGradient)
            engine.addColumnSums(dy, to: parameters.biasGradient)
            guard let dx else { return }
            engine.multiply(Factor(dy), engine.packBackward(parameters.weight), into: dx, adding: adding)
        }
    }

    /// What LayerNorm's backward needs.
    public struct NormKept {
        let saved: LayerNorm.Saved
    }

    /// y = LayerNorm(x) by row; y may be x.
    public func norm(_ x: MatrixView, _ norm: Norm, output y: MatrixView) -> NormKept {
        NormKept(saved: LayerNorm(parameters: parameters(norm)).forward(x, output: y, engine))
    }

    /// The gradient of y becomes that of x, in place; those of scale and shift are added.
    public func normBackward(_ kept: NormKept, _ norm: Norm, gradient: MatrixView) {
        LayerNorm(parameters: parameters(norm)).backward(kept.saved, gradient: gradient, engine)
    }

    /// y = activation(x), element by element.
    public func activate(_ activation: Activation, _ x: MatrixView, output y: MatrixView) {
        temporarily {
            let zero = zeros(x.columns)
            forEachPanel(x.rows) { rows in
                let row = rows.lowerBound
                engine.kernels.bias_activation(
                    x.row(row), zero.base, x.row(row), y.row(row), 0, activation.kernel, rows.count, x.columns)
            }
        }
    }

    /// The gradient of y becomes that of x, in place.
    public func activateBackward(_ activation: Activation, _ x: MatrixView, gradient: MatrixView) {
        temporarily {
            let panels = RowPanels(x.rows)
            let again = engine.lanes(panels.height * x.columns)
            let sums = engine.lanes(x.columns)
            engine.pool.parallelForLanes(panels.count) { panel, lane in
                let (row, count) = (panels[panel].lowerBound, panels[panel].count)
                engine.kernels.bias_activation_backward(
                    x.row(row), gradient.row(row), gradient.row(row), again.row(lane), 0, sums.row(lane),
                    activation.kernel, count, x.columns)
            }
        }
    }

    /// Drops elements of [T, n] in place and scales the others; nothing in a pass without dropout.
    ///
    /// It is its own backward: the gradient of the output becomes that of the input.
    public func dropout(_ x: MatrixView, _ site: DropoutSite) {
        precondition(x.rows == rows, "dropout of \(x.rows) rows in a batch of \(rows)")
        forEachPanel(x.rows) { panel in
            withDropout(batch.dropout(site, row: panel.lowerBound)) {
                engine.kernels.dropout(x.row(panel.lowerBound), panel.count, x.columns, $0)
            }
        }
    }

    /// A copy of x.
    public func copy(_ x: MatrixView) -> MatrixView {
        let copy = matrix(x.rows, x.columns)
        forEachPanel(x.rows) { rows in
            copy.row(rows.lowerBound).update(from: x.row(rows.lowerBound), count: rows.count * x.columns)
        }
        return copy
    }

    /// y += x.
    public func add(_ x: MatrixView, to y: MatrixView) {
        forEachPanel(x.rows) { rows in
            engine.kernels.add(y.row(rows.lowerBound), x.row(rows.lowerBound), rows.count * x.columns)
        }
    }

    /// Adds the sums of x's columns to a vector's gradient.
    public func addColumnSums(_ x: MatrixView, to vector: Parameter) {
        engine.addColumnSums(x, to: gradient(vector).base)
    }

    /// Some rows of x, copied.
    public func gather(_ rows: [Int32], of x: MatrixView) -> MatrixView {
        let picked = matrix(rows.count, x.columns)
        for (index, row) in rows.enumerated() {
            picked.row(index).update(from: x.row(Int(row)), count: x.columns)
        }
        return picked
    }

    /// The opposite: adds rows to some of y's.
    public func scatter(_ x: MatrixView, adding rows: [Int32], of y: MatrixView) {
        for (index, row) in rows.enumerated() { engine.kernels.add(y.row(Int(row)), x.row(index), x.columns) }
    }

    /// The cross entropy of softmax(logits) against a class for each row, summed.
    /// - Parameters:
    ///   - logits: [R, classes]; they become the gradient of `scale` × the sum when there is a scale.
    ///   - labels: as many as rows, each from 0 to below the number of classes.
    public func crossEntropy(_ logits: MatrixView, _ labels: [Int32], scale: Float?) -> ObjectiveSums {
        precondition(labels.count == logits.rows, "\(labels.count) labels for \(logits.rows) rows")
        precondition(labels.allSatisfy { $0 >= 0 && Int($0) < logits.columns }, "a label is no class")
        return temporarily {
            let room = engine.arena.take(Int32.self, labels.count)
            for (index, label) in labels.enumerated() { room[index] = label }
            let results = CrossEntropyResults(rows: labels.count, engine.arena)
            results.compute(logits, bias: nil, labels: room, first: 0, scale: scale, engine)
            let totals = results.totals
            return ObjectiveSums(loss: totals.sum, count: labels.count, correct: totals.correct)
        }
    }

    /// A row of zeros.
    private func zeros(_ columns: Int) -> MatrixView {
        let row = matrix(1, columns)
        row.base.update(repeating: 0, count: columns)
        return row
    }
}
