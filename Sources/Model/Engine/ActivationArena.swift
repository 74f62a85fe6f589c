internal import Foundation

/// Scratch memory for one forward and backward pass, taken in order and given back all at once or down to a mark.
///
/// It grows until the largest batch has been seen; then a pass allocates nothing.
final class ActivationArena {
    /// A point to give memory back to.
    struct Mark {
        fileprivate let block: Int
        fileprivate let used: Int
    }

    private var blocks: [FloatBuffer] = []
    private var current = 0
    private var used = 0

    /// Bytes held.
    var bytes: Int { blocks.reduce(0) { $0 + $1.count * 4 } }

    /// Forgets everything taken; several blocks become one as large as all.
    func reset() {
        if blocks.count > 1 {
            let total = blocks.reduce(0) { $0 + $1.count }
            blocks.removeAll()
            blocks.append(FloatBuffer(count: total))
        }
        (current, used) = (0, 0)
    }

    var mark: Mark { Mark(block: current, used: used) }

    /// Gives back what was taken since the mark.
    func release(_ mark: Mark) { (current, used) = (mark.block, mark.used) }

    /// Room for `count` floats, 64-byte aligned, with whatever was there before.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = (max(1, count) + 15) & ~15
        while current < blocks.count, used + size > blocks[current].count {
            current += 1
            used = 0
        }
        if current == blocks.count { blocks.append(FloatBuffer(count: max(size, 1 << 16))) }
        defer { used += size }
        return blocks[current].base + used
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
