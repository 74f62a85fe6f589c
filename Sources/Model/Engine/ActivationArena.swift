internal import Foundation

/// Scratch memory for one forward and backward pass, taken in order and given back all at once or down to a mark.
///
/// It is one range of reserved addresses, opened as far as the largest batch reaches: it never moves, nothing of it is
/// lost between marks, and what was never reached costs no memory. After the largest batch a pass allocates nothing.
final class ActivationArena {
    /// A point to give memory back to.
    struct Mark {
        fileprivate let used: Int
    }

    /// Bytes of addresses asked for first; where a limit forbids so many, half as many, and so on.
    private static let mostBytes = 1 << 38
    /// Bytes opened at a time.
    private static let stride = 32 << 20

    private let base: UnsafeMutableRawPointer
    private let reserved: Int
    private var opened = 0
    private var used = 0
    private var isMeasuring = false
    private var lent: UnsafeMutableRawPointer?

    init() {
        var size = ActivationArena.mostBytes
        var range = ActivationArena.reserve(size)
        while range == MAP_FAILED, size > ActivationArena.stride {
            size /= 2
            range = ActivationArena.reserve(size)
        }
        guard let range, range != MAP_FAILED else { ActivationArena.fail(size) }
        // A hint only; where it is refused, small pages serve as well.
        _ = madvise(range, size, MADV_HUGEPAGE)
        (base, reserved) = (range, size)
    }

    deinit { munmap(base, reserved) }

    private static func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
        mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    }

    /// Bytes the largest batch took.
    private(set) var bytes = 0

    /// Forgets everything taken.
    func reset() { used = 0 }

    var mark: Mark { Mark(used: used) }

    /// Gives back what was taken since the mark.
    func release(_ mark: Mark) { used = mark.used }

    /// Bytes that `body` takes; what it gets is no memory.
    func measure(_ body: () -> Void) -> Int {
        let start = used
        isMeasuring = true
        defer { (used, isMeasuring) = (start, false) }
        body()
        return used - start
    }

    /// What `body` takes lies at `place`, where there is room for as much as `measure` told; nil for the arena's own.
    func taking<Result>(at place: UnsafeMutablePointer<Float>?, _ body: () -> Result) -> Result {
        lent = place.map { UnsafeMutableRawPointer($0) }
        defer { lent = nil }
        return body()
    }

    /// Room for `count` floats, 64-byte aligned, with whatever was there before.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = (max(1, count) * MemoryLayout<Float>.stride + 63) & ~63
        if let place = lent {
            lent = place + size
            return place.bindMemory(to: Float.self, capacity: max(1, count))
        }
        let start = used
        used += size
        if isMeasuring { return (base + start).bindMemory(to: Float.self, capacity: max(1, count)) }
        if used > bytes { bytes = used }
        if used > opened { open() }
        return (base + start).bindMemory(to: Float.self, capacity: max(1, count))
    }

    /// Makes memory of the addresses up to `used`.
    ///
    /// Without memory the program ends: a pass has no way to fail.
    private func open() {
        let end = min(reserved, (used + ActivationArena.stride - 1) / ActivationArena.stride * ActivationArena.stride)
        guard used <= end, mprotect(base + opened, end - opened, PROT_READ | PROT_WRITE) == 0 else {
            ActivationArena.fail(used)
        }
        opened = end
    }

    private static func fail(_ bytes: Int) -> Never {
        fatalError("out of memory: \(bytes) bytes of activations are needed; use a smaller --micro-batch")
    }

    /// A dense matrix with whatever was there before.
    func matrix(_ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(take(rows * columns), rows: rows, columns: columns)
    }

    /// Room for `count` values of a plain type of at most 8 bytes.
    func take<Value: BitwiseCopyable>(_ type: Value.Type, _ count: Int) -> UnsafeMutablePointer<Value> {
        let floats = (count * MemoryLayout<Value>.stride + 3) / 4
        return UnsafeMutableRawPointer(take(floats)).bindMemory(to: type, capacity: max(1, count))
    }
}
