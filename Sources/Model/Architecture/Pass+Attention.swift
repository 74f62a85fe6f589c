internal import CKernels
internal import Streaming

/// Attention within each sequence.
extension Pass {
    /// What attention's backward needs.
    public struct AttentionKept {
        let attention: MultiHeadAttention
        let saved: MultiHeadAttention.Saved
    }

    /// Scaled dot-product attention of several heads, within each sequence (Vaswani and others 2017, §3.2).
    ///
    /// - Parameters:
    ///   - projected: queries, keys and values side by side, [T, 3H]; they must stay as they are until backward.
    ///   - site: dropout of the probabilities.
    ///   - context: the heads' results side by side, [T, H]; it must stay as it is until backward.
    public func attention(
        _ projected: MatrixView, heads: Int, dropout site: DropoutSite, output context: MatrixView
    ) -> AttentionKept {
        precondition(projected.columns == 3 * context.columns && context.columns % heads == 0, "sizes differ")
        let attention = MultiHeadAttention(heads: heads, headSize: context.columns / heads, site: site)
        let saved = MultiHeadAttention.Saved(
            projected: engine.factor(projected), maxima: matrix(heads, rows), factors: matrix(heads, rows),
            context: engine.arena.factor(context, isHalf: engine.isHalf))
        attention.forward(saved, batch, engine)
        engine.restore(saved.context, into: context)
        return AttentionKept(attention: attention, saved: saved)
    }

    /// From the gradient [T, H] of the context to that of `projected`, [T, 3H].
    public func attentionBackward(
        _ kept: AttentionKept, gradient: MatrixView, into dProjected: MatrixView
    ) {
        temporarily {
            let room = engine.arena.factor(dProjected, isHalf: engine.isHalf)
            kept.attention.backward(kept.saved, gradient: gradient, into: room, batch, engine)
            engine.restore(room, into: dProjected)
        }
    }
}
