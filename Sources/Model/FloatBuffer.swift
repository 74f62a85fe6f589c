internal import Foundation
public import Streaming

/// Owned flat memory for floats: one allocation, 64-byte aligned (2 MiB when large, so that the system can use huge
/// pages), zero at first, freed with the object.
///
/// Two threads may use one buffer as long as none writes what another reads; hence the unchecked conformance.
public final class FloatBuffer: @unchecked Sendable {
    /// The number of floats.
    public let count: Int
    /// The first float.
    ///
    /// Valid as long as the buffer lives; kernels and collectives run over it.
    public let base: UnsafeMutablePointer<Float>

    /// A buffer for what has no way to fail, such as scratch memory: without memory the program ends.
    /// - Parameter count: floats wanted, all zero; may be 0.
    public init(count: Int) {
        guard let base = FloatBuffer.allocate(count) else { fatalError(FloatBuffer.lack(count).description) }
        (self.count, self.base) = (count, base)
    }

    /// A buffer whose size comes from a file: without memory a failure.
    /// - Parameter count: floats wanted, all zero; may be 0.
    public init(checking count: Int) throws(Failure) {
        guard let base = FloatBuffer.allocate(count) else { throw FloatBuffer.lack(count) }
        (self.count, self.base) = (count, base)
    }

    private static func lack(_ count: Int) -> Failure {
        Failure(
            .unavailable, "out of memory: room for \(count) more numbers is needed",
            remedy: "use a smaller batch or model, or a machine with more memory")
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float>? {
        guard count >= 0 && count < Int.max / 8 else { return nil }
        let hugePage = 2 << 20
        let bytes = max(64, (count * MemoryLayout<Float>.stride + 63) & ~63)
        let alignment = bytes >= 2 * hugePage ? hugePage : 64
        var raw: UnsafeMutableRawPointer?
        guard posix_memalign(&raw, alignment, bytes) == 0, let raw else { return nil }
        // A hint only; where it is refused, small pages serve as well.
        if alignment == hugePage { _ = madvise(raw, bytes, MADV_HUGEPAGE) }
        memset(raw, 0, bytes)
        return raw.bindMemory(to: Float.self, capacity: max(1, count))
    }

    deinit { free(base) }

    /// All the floats, for the duration of a call.
    public var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

    /// One float.
    public subscript(index: Int) -> Float {
        get { buffer[index] }
        set { buffer[index] = newValue }
    }

    /// A copy of a range.
    public func values(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
        return Array(buffer[range])
    }

    /// Overwrites floats from `offset` on.
    public func set(_ values: [Float], at offset: Int = 0) {
        precondition(offset >= 0 && offset + values.count <= count, "values do not fit the buffer")
        values.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { (base + offset).update(from: start, count: source.count) }
        }
    }

    /// Copies the whole of another buffer of the same size.
    public func copy(from other: FloatBuffer) {
        precondition(other.count == count, "buffers of unequal size")
        base.update(from: other.base, count: count)
    }

    /// Sets every float to zero.
    public func zero() { memset(base, 0, count * MemoryLayout<Float>.stride) }
}
