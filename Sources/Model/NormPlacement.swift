/// Where LayerNorm stands in a sublayer f, attention or feed-forward, with its residual connection.
public enum NormPlacement: String, Codable, Sendable, CaseIterable {
    /// LayerNorm(x + f(x)), BERT's own (Devlin et al. 2018).
    case post
    /// x + f(LayerNorm(x)), with one more LayerNorm behind the last layer (Xiong et al. 2020).
    case pre
}
