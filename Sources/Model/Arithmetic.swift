internal import CKernels
internal import COpenBLAS
internal import Streaming

/// The numbers a model computes with.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// Single precision throughout.
    case fp32
    /// Products of bfloat16 numbers with fp32 sums; parameters, gradients, residuals, norms and losses stay fp32.
    case bf16
    /// bf16 where the processor multiplies it by itself, else fp32.
    case auto
}

/// What computes matrix products.
public enum ProductLibrary: String, Codable, Sendable, CaseIterable {
    /// Our own kernels.
    case native
    /// OpenBLAS, fp32 alone.
    case openblas
    /// Our own kernels where they have vector instructions (AVX2 or AVX-512), else OpenBLAS.
    case auto

    /// One of them, chosen.
    enum Choice: Sendable { case native, openblas }
}

/// How a model computes: fixed by what is asked for and by the processor, never by a measurement.
public struct Arithmetic: Sendable, Equatable {
    /// The numbers.
    public var precision: Precision
    /// The products.
    public var library: ProductLibrary
    /// Whether backward computes each layer again instead of keeping its activations: a third more work, little memory.
    public var recomputesLayers: Bool

    /// fp32 with the products the processor suggests.
    public init(precision: Precision = .fp32, library: ProductLibrary = .auto, recomputesLayers: Bool = false) {
        self.precision = precision
        self.library = library
        self.recomputesLayers = recomputesLayers
    }

    /// Whether this processor multiplies bf16 numbers by itself.
    public static var hasFastHalf: Bool { ck_active().pointee.isa == CK_AVX512_BF16 }

    /// The same with `auto` replaced by what it means on this processor.
    public var resolved: Arithmetic {
        var resolved = self
        if precision == .auto { resolved.precision = Arithmetic.hasFastHalf && library != .openblas ? .bf16 : .fp32 }
        if library == .auto { resolved.library = ck_active().pointee.isa == CK_PORTABLE ? .openblas : .native }
        if resolved.precision == .bf16, library == .auto { resolved.library = .native }
        return resolved
    }

    /// The products for these kernels; opens OpenBLAS if it is to be used.
    func products(_ kernels: ck_kernels) throws(Failure) -> MatrixProduct {
        let resolved = resolved
        let isHalf = resolved.precision == .bf16
        guard resolved.library == .openblas else {
            return MatrixProduct(kernels: kernels, library: .native, isHalf: isHalf)
        }
        if isHalf {
            throw Failure(
                .usage, "OpenBLAS has no bf16 product", remedy: "leave --blas out, or compute in fp32")
        }
        guard Arithmetic.hasOpenBLAS else {
            throw Failure(
                .unavailable, "OpenBLAS cannot be opened: \(String(cString: tblas_load_error()))",
                remedy: "install Debian's package libopenblas0, or run 'make setup'")
        }
        return MatrixProduct(kernels: kernels, library: .openblas, isHalf: false)
    }

    /// Whether OpenBLAS is there; it is opened once, when a model first asks for it.
    private static let hasOpenBLAS = tblas_load() == 0
}
