/// Ids on their way out of the encoder: memory that kernels write to, emptied after every chunk of text.
struct IDBuffer: ~Copyable {
    /// Elements that may be written behind `count` without being counted.
    static let padding = 512

    private(set) var base: UnsafeMutablePointer<UInt32>
    private(set) var capacity: Int
    var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity + IDBuffer.padding)
    }

    deinit { base.deallocate() }

    /// Where the next id goes.
    @inline(__always) var end: UnsafeMutablePointer<UInt32> { base + count }

    /// All ids.
    var ids: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: base, count: count) }

    /// Makes room for `padding` more ids.
    @inline(__always)
    mutating func reserve() {
        if count >= capacity { grow() }
    }

    @inline(__always)
    mutating func append(_ id: UInt32) {
        reserve()
        base[count] = id
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2 + IDBuffer.padding)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
