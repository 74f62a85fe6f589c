internal import Streaming

/// Cuts a bzip2 file into its blocks, in order, without decoding any; several streams follow each other.
///
/// What does not fit is told as damage and passed over up to the next mark of a block.
/// Memory: one block and a piece of the file.
struct Bzip2Cutter {
    /// What comes next in the file.
    enum Cut {
        case block(Bzip2Block)
        /// A stream ends, with the checksum of its blocks' checksums.
        case streamEnd(checksum: UInt32, bit: Int)
        case damage(Failure)
    }

    private enum State {
        /// A stream's header, or the end of the file.
        case header(byte: Int)
        case block(bit: Int)
        case streamEnd(bit: Int)
        /// Any block from here on.
        case search(bit: Int)
        case ended
    }

    private let file: any ByteSource
    private let path: String
    private let marks = Bzip2MarkSearch()
    private var buffer: [UInt8] = []
    /// The place of `buffer` in the file.
    private var base: Int
    private var fileEnded = false
    private var state: State
    private var isFirstStream = true

    /// - Parameters:
    ///   - file: the stored bytes from byte `base` on.
    ///   - start: a block's first bit, nil at the beginning of the file.
    ///   - anyBlock: whether `start` is no block's but only a place behind which to look for one.
    init(_ file: any ByteSource, base: Int = 0, start: Int? = nil, anyBlock: Bool = false) {
        self.file = file
        self.base = base
        path = file.path
        if let start { state = anyBlock ? .search(bit: start) : .block(bit: start) } else { state = .header(byte: 0) }
        isFirstStream = start == nil
    }

    /// The next cut, nil at the end of the file.
    mutating func next() throws(Failure) -> Cut? {
        while true {
            let cut: Cut?
            switch state {
            case .header(let byte): cut = try header(byte)
            case .block(let bit): cut = try block(bit)
            case .streamEnd(let bit): cut = try streamEnd(bit)
            case .search(let bit): cut = try search(bit)
            case .ended: return nil
            }
            if let cut { return cut }
        }
    }

    private mutating func header(_ byte: Int) throws(Failure) -> Cut? {
        forget(before: byte)
        guard try need(throughBit: 8 * byte + 80) else {
            guard base + buffer.count > byte else {
                state = .ended
                return nil
            }
            if begins(byte) { return endsEarly() }
            return foreign(byte)
        }
        guard begins(byte), let mark = mark(at: 8 * (byte + 4)) else { return foreign(byte) }
        isFirstStream = false
        state = mark == .block ? .block(bit: 8 * (byte + 4)) : .streamEnd(bit: 8 * (byte + 4))
        return nil
    }

    private func begins(_ byte: Int) -> Bool {
        let head = buffer[(byte - base)...].prefix(4)
        return head.starts(with: "BZh".utf8.prefix(head.count))
            && (head.count < 4 || (0x31...0x39).contains(head.last!))
    }

    private mutating func foreign(_ byte: Int) -> Cut {
        state = .search(bit: 8 * byte)
        if isFirstStream {
            isFirstStream = false
            return damage("the bzip2 data is damaged (a header is wrong)", byte: byte)
        }
        return damage("something that is no bzip2 data follows the compressed data", byte: byte)
    }

    private mutating func block(_ bit: Int) throws(Failure) -> Cut? {
        forget(before: bit >> 3)
        guard let found = try findMark(from: bit + Bzip2Mark.bitCount, within: Bzip2Block.maxBits) else {
            if fileEnded { return endsEarly() }
            state = .search(bit: bit + Bzip2Mark.bitCount)
            return damage("the bzip2 data is damaged (a block does not end)", byte: bit >> 3)
        }
        state = found.mark == .block ? .block(bit: found.bit) : .streamEnd(bit: found.bit)
        let range = (bit - 8 * base)..<(found.bit - 8 * base)
        let bytes = buffer.withUnsafeBufferPointer { Bzip2Bits.aligned($0, range) }
        return .block(Bzip2Block(bytes: bytes, bitCount: range.count, start: bit))
    }

    private mutating func streamEnd(_ bit: Int) throws(Failure) -> Cut? {
        guard try need(throughBit: bit + 80) else { return endsEarly() }
        let checksum = buffer.withUnsafeBufferPointer { Bzip2Bits.read($0, at: bit + 48 - 8 * base, count: 32) } ?? 0
        state = .header(byte: (bit + 80 + 7) >> 3)
        return .streamEnd(checksum: UInt32(checksum), bit: bit)
    }

    private mutating func search(_ bit: Int) throws(Failure) -> Cut? {
        var from = bit
        while true {
            forget(before: from >> 3)
            if let found = try findMark(from: from, within: Bzip2Block.maxBits) {
                if found.mark == .block {
                    state = .block(bit: found.bit)
                    return nil
                }
                from = found.bit + 1
            } else if fileEnded {
                state = .ended
                return nil
            } else {
                from += Bzip2Block.maxBits
            }
        }
    }

    private mutating func endsEarly() -> Cut {
        state = .ended
        return .damage(
            Failure(
                .badData, "the bzip2 data ends too early: the file was cut short",
                at: "\(path): byte \(base + buffer.count)", remedy: "fetch the file again"))
    }

    private func damage(_ message: String, byte: Int) -> Cut {
        .damage(Failure(.badData, message, at: "\(path): byte \(byte)", remedy: "restore the file from where it came"))
    }

    private func mark(at bit: Int) -> Bzip2Mark? {
        let value = buffer.withUnsafeBufferPointer { Bzip2Bits.read($0, at: bit - 8 * base, count: 48) }
        return Bzip2Mark.allCases.first { $0.bits == value }
    }

    /// The first mark from `start` on, begun within `limit` bits.
    private mutating func findMark(from start: Int, within limit: Int) throws(Failure) -> (
        bit: Int, mark: Bzip2Mark
    )? {
        var from = start
        while true {
            let found = buffer.withUnsafeBufferPointer { marks.first(in: $0, from: max(0, from - 8 * base)) }
            if let found {
                return found.bit + 8 * base - start <= limit ? (found.bit + 8 * base, found.mark) : nil
            }
            // A mark may have begun in the last seven bytes.
            from = max(from, 8 * (base + buffer.count - 7))
            guard from - start <= limit, try readMore() else { return nil }
        }
    }

    private mutating func need(throughBit end: Int) throws(Failure) -> Bool {
        while 8 * (base + buffer.count) < end {
            guard try readMore() else { return false }
        }
        return true
    }

    private mutating func readMore() throws(Failure) -> Bool {
        guard !fileEnded else { return false }
        try Cancellation.check()
        guard let piece = try file.next() else {
            fileEnded = true
            return false
        }
        buffer += piece
        return true
    }

    private mutating func forget(before byte: Int) {
        // Moving what stays costs: only when it is the smaller part.
        let count = min(byte - base, buffer.count)
        guard count > buffer.count / 2 else { return }
        buffer.removeFirst(count)
        base += count
    }
}
