internal import CKernels
internal import COneDNN
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
    /// oneDNN 2.
    case onednn
    /// By the processor, see `Arithmetic.resolved`.
    case auto

    /// One of them, chosen.
    enum Choice: Sendable { case native, openblas, onednn }
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
    ///
    /// Precision: bf16 with AVX-512's bf16 instructions (AMX comes with them), else fp32. Products: oneDNN for bf16 where
    /// there are matrix tiles (AMX) and the library; our own kernels with AVX2 or AVX-512; OpenBLAS else.
    public var resolved: Arithmetic {
        var resolved = self
        if precision == .auto { resolved.precision = Arithmetic.hasFastHalf && library != .openblas ? .bf16 : .fp32 }
        guard library == .auto else { return resolved }
        if resolved.precision == .bf16 {
            let usesTiles = Arithmetic.hasFastHalf && tdnnl_has_tiles() && Arithmetic.hasOneDNN
            resolved.library = usesTiles ? .onednn : .native
        } else {
            resolved.library = ck_active().pointee.isa == CK_PORTABLE && Arithmetic.hasOpenBLAS ? .openblas : .native
        }
        return resolved
    }

    /// The products for these kernels; opens the library that is to be used.
    func products(_ kernels: ck_kernels) throws(Failure) -> MatrixProduct {
        let resolved = resolved
        let isHalf = resolved.precision == .bf16
        switch resolved.library {
        case .native, .auto: return MatrixProduct(kernels: kernels, library: .native, isHalf: isHalf)
        case .openblas:
            guard !isHalf else {
                throw Failure(.usage, "OpenBLAS has no bf16 product", remedy: "give another --blas, or compute in fp32")
            }
            guard Arithmetic.hasOpenBLAS else { throw missing("OpenBLAS", tblas_load_error(), "libopenblas0") }
            return MatrixProduct(kernels: kernels, library: .openblas, isHalf: false)
        case .onednn:
            guard Arithmetic.hasOneDNN else { throw missing("oneDNN", tdnnl_load_error(), "libdnnl2") }
            guard !isHalf || Arithmetic.hasFastHalf else {
                throw Failure(
                    .usage, "oneDNN multiplies bf16 on processors with AVX-512's bf16 instructions alone",
                    remedy: "give another --blas, or compute in fp32")
            }
            return MatrixProduct(kernels: kernels, library: .onednn, isHalf: isHalf)
        }
    }

    private func missing(_ name: String, _ error: UnsafePointer<CChar>, _ package: String) -> Failure {
        Failure(
            .unavailable, "\(name) cannot be opened: \(String(cString: error))",
            remedy: "install Debian's package \(package), or give another --blas")
    }

    /// Whether the libraries are there; each is opened once, when a model first asks for it.
    private static let hasOpenBLAS = tblas_load() == 0
    private static let hasOneDNN = tdnnl_load() == 0
}
