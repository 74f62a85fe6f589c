internal import CKernels

/// The nonlinearity between a layer's two feed-forward products.
public enum Activation: String, Codable, Sendable, CaseIterable {
    /// x Φ(x) with the error function (Hendrycks & Gimpel 2016), BERT's own.
    case gelu
    /// The tanh approximation of GELU, under its first name.
    case geluNew = "gelu_new"
    /// The tanh approximation of GELU.
    case geluTanh = "gelu_pytorch_tanh"
    /// max(0, x).
    case relu
    /// x / (1 + e^-x) (Hendrycks & Gimpel 2016; Elfwing et al. 2018).
    case silu
}

extension Activation {
    /// The kernels' name of it.
    var kernel: ck_activation {
        switch self {
        case .gelu: CK_GELU
        case .geluNew, .geluTanh: CK_GELU_TANH
        case .relu: CK_RELU
        case .silu: CK_SILU
        }
    }
}
