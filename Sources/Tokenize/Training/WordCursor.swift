internal import Streaming

/// Walks through a part of a run: the word under it, its hash and its count.
final class WordCursor {
    /// The word's bytes, until the next `advance()`.
    private(set) var bytes: UnsafePointer<UInt8>
    /// Its bytes' number.
    private(set) var length = 0
    /// Its hash.
    private(set) var hash: UInt64 = 0
    /// How often it came.
    private(set) var count: UInt64 = 0

    private let slots: UnsafeBufferPointer<WordSlot>?
    private let file: SpillFile?
    private var position: Int
    private let end: Int
    // Of a run in a file: what was read, and which of it is still to be looked at.
    private var buffer: UnsafeMutableBufferPointer<UInt8>
    private var (low, high) = (0, 0)

    /// - Parameters:
    ///   - part: the part of the order; nil for all.
    ///   - bufferBytes: read from a file at a time.
    init(_ run: WordRun, part: Int?, bufferBytes: Int) {
        position = run.bounds[part ?? 0]
        end = run.bounds[part.map { $0 + 1 } ?? WordOrder.parts]
        switch run.place {
        case .memory(let slots): (self.slots, file, buffer) = (slots, nil, .allocate(capacity: 1))
        case .file(let file):
            (slots, self.file) = (nil, file)
            buffer = .allocate(capacity: max(64, min(bufferBytes, end - position)))
        }
        bytes = UnsafePointer(buffer.baseAddress!)
    }

    deinit { buffer.deallocate() }

    /// Goes to the next word; false at the end.
    func advance() throws(Failure) -> Bool {
        if let slots {
            guard position < end else { return false }
            let slot = slots.baseAddress! + position
            (bytes, length, count) = (WordSlot.bytes(at: slot), slot.pointee.length, slot.pointee.count)
            hash = slot.pointee.key.hash
            position += 1
            return true
        }
        guard position < end || low < high else { return false }
        // Two numbers take 20 bytes at most.
        if high - low < 20 { try need(20) }
        length = Int(number())
        if high - low < length + 10 { try need(length + 10) }
        bytes = UnsafePointer(buffer.baseAddress! + low)
        low += length
        count = number()
        hash = WordKey.hash(bytes, length)
        return true
    }

    /// Reads on until `wanted` bytes are there, or all.
    private func need(_ wanted: Int) throws(Failure) {
        guard position < end, let file else { return }
        if wanted > buffer.count {
            let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: wanted * 2)
            larger.baseAddress!.update(from: buffer.baseAddress! + low, count: high - low)
            buffer.deallocate()
            buffer = larger
        } else {
            buffer.baseAddress!.update(from: buffer.baseAddress! + low, count: high - low)
        }
        (low, high) = (0, high - low)
        let more = min(buffer.count - high, end - position)
        try file.read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress! + high, count: more), at: position)
        high += more
        position += more
    }

    private func number() -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let byte = buffer[low]
            low += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }
}
