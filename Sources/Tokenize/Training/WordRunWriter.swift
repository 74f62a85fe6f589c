internal import Streaming

/// Writes words as a run of a spill file: length, bytes and count of each, numbers in LEB128.
struct WordRunWriter: ~Copyable {
    private let file: SpillFile
    private var buffer: UnsafeMutableRawBufferPointer
    private var used = 0
    private var bounds: [Int]
    private var part = 0
    private var count = 0

    /// - Parameter bufferBytes: written at a time.
    init(_ file: SpillFile, bufferBytes: Int = 1 << 18) {
        self.file = file
        buffer = .allocate(byteCount: bufferBytes, alignment: 1)
        bounds = [file.count]
    }

    deinit { buffer.deallocate() }

    private var position: Int { file.count + used }

    /// Adds the next word of the order.
    mutating func add(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, hash: UInt64, count times: UInt64
    ) throws(Failure) {
        while part < WordOrder.part(hash) {
            bounds.append(position)
            part += 1
        }
        if buffer.count - used < length + 20 { try makeRoom(length + 20) }
        put(UInt64(length))
        (buffer.baseAddress! + used).copyMemory(from: bytes, byteCount: length)
        used += length
        put(times)
        count += 1
    }

    /// Writes what is left.
    mutating func finish() throws(Failure) -> WordRun {
        try flush()
        while bounds.count <= WordOrder.parts { bounds.append(position) }
        return WordRun(file: file, bounds: bounds, count: count)
    }

    private mutating func makeRoom(_ bytes: Int) throws(Failure) {
        try flush()
        guard buffer.count < bytes else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: bytes, alignment: 1)
    }

    private mutating func flush() throws(Failure) {
        try file.append(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        used = 0
    }

    private mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            buffer[used] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            used += 1
        }
        buffer[used] = UInt8(rest)
        used += 1
    }
}
