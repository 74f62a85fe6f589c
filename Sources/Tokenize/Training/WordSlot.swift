/// A word and how often it came; a count of zero is a free place.
struct WordSlot {
    private var first: UInt64
    private var second: UInt64
    /// How often the word came.
    var count: UInt64
    private var bytes: UInt64

    @inline(__always)
    init(_ key: WordKey, count: UInt64) {
        (first, second, self.count, bytes) = (key.first, key.second, count, UInt64(key.length))
    }

    @inline(__always)
    var key: WordKey { WordKey(first: first, second: second, length: Int(bytes)) }

    @inline(__always)
    var length: Int { Int(bytes) }

    /// The bytes of the word that lies at `slot`, there or where it points to.
    @inline(__always)
    static func bytes(at slot: UnsafePointer<WordSlot>) -> UnsafePointer<UInt8> {
        if slot.pointee.length <= WordKey.inlineBytes {
            return UnsafeRawPointer(slot).assumingMemoryBound(to: UInt8.self)
        }
        return UnsafePointer(bitPattern: UInt(slot.pointee.first))!
    }

    /// Whether it holds this word.
    @inline(__always)
    func holds(_ key: WordKey) -> Bool {
        guard bytes == UInt64(key.length), second == key.second else { return false }
        if first == key.first { return true }
        guard key.length > WordKey.inlineBytes else { return false }
        return WordOrder.compare(
            UnsafePointer(bitPattern: UInt(first))!, key.length, UnsafePointer(bitPattern: UInt(key.first))!, key.length
        )
            == 0
    }
}
