public import Model

extension Architecture {
    /// BERT with pre-LN layers, put together from parts; the same network as `norm_placement: pre` in config.json, which
    /// is also where the LayerNorm behind the last layer comes from.
    public static let preNorm = Architecture(name: "pre-norm-example") { _, scope in
        let attention = PreNorm(Attention(&scope), norm: "attention.norm", &scope)
        return Chain(attention, PreNorm(FeedForward(&scope), norm: "feed_forward.norm", &scope))
    }

    /// BERT with GeGLU in place of its feed-forward networks; attention stays BERT's own, fused as it is.
    public static let geglu = Architecture(name: "geglu") { _, scope in
        Chain(BertAttention(&scope), PostNorm(GatedFeedForward(&scope), norm: "geglu.norm", &scope))
    }
}
