public import Model

extension Architecture {
    /// BERT's layers put together from parts, pre-LN or post-LN as the configuration says; where it is pre-LN, the
    /// LayerNorm behind the last layer is the model's own.
    public static let parts = Architecture(name: "parts") { _, scope in
        let attention = Residual(around: Attention(&scope), norm: "attention.norm", &scope)
        return Chain(attention, Residual(around: FeedForward(&scope), norm: "feed_forward.norm", &scope))
    }

    /// BERT with GeGLU in place of its feed-forward networks; attention stays BERT's own, fused as it is.
    public static let geglu = Architecture(name: "geglu") { _, scope in
        Chain(BertAttention(&scope), Residual(around: GatedFeedForward(&scope), norm: "geglu.norm", &scope))
    }
}
