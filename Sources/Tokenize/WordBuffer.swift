/// A normalised word while it is put together: at most `longest` characters, of which a longer word keeps none.
struct WordBuffer: ~Copyable {
    /// Characters a word may have.
    let longest: Int
    /// Bytes of a character, and what an append may write too much.
    private static let slack = 32

    private let base: UnsafeMutablePointer<UInt8>
    private(set) var length = 0
    private(set) var characters = 0

    init(longest: Int) {
        self.longest = longest
        base = .allocate(capacity: 4 * longest + WordBuffer.slack)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: length) }
    /// Whether there are more characters than a word may have.
    var isTooLong: Bool { characters > longest }

    @inline(__always)
    mutating func clear() { (length, characters) = (0, 0) }

    /// Appends `count` bytes, below 32, which are `characters` scalar values.
    @inline(__always)
    mutating func append(_ bytes: UnsafePointer<UInt8>, _ count: Int, characters new: Int) {
        characters &+= new
        if characters > longest { return }
        for index in 0..<count { base[length &+ index] = bytes[index] }
        length &+= count
    }

    /// Appends one scalar value.
    mutating func append(_ scalar: UInt32) {
        characters &+= 1
        if characters > longest { return }
        length &+= UTF8Decoding.write(scalar, to: base + length)
    }
}
