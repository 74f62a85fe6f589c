/// A stretch of a document on its way into a block: a range of bytes of token ids in a spool.
struct RunBytes: Sendable, Equatable {
    /// Key of the document.
    var document: Int64
    var bytes: Range<Int>
}

/// Gathers instances by column and gives the raw bytes of a block; docs/shard-format.md, "A block".
struct ShardBlockEncoder {
    /// Bytes before the columns.
    static let headerBytes = 20

    /// The masks of an instance with static masking.
    struct Masks {
        var positions: [Int32]
        var replacements: [Int32]
    }

    let width: Int
    let isStatic: Bool
    let sequenceLength: Int
    let order: TokenOrder
    private(set) var count = 0
    /// Tokens gathered so far.
    private(set) var tokenCount = 0
    private var runCounts: [UInt16] = []
    private var rooms: [UInt16] = []
    private var lengths: [UInt16] = []
    private var labels: [UInt8] = []
    private var firstDocuments: [UInt64] = []
    private var otherDocuments: [UInt64] = []
    private var maskCounts: [UInt16] = []
    private var tokens: [UInt8] = []
    private var gaps: [UInt16] = []
    private var replacements: [UInt8] = []

    init(width: Int, isStatic: Bool, sequenceLength: Int, order: TokenOrder) {
        self.width = width
        self.isStatic = isStatic
        self.sequenceLength = sequenceLength
        self.order = order
    }

    /// Whether no other instance belongs into the block.
    var isFull: Bool { count >= ShardBlockRow.capacity || tokenCount >= ShardBlockRow.tokenCapacity }

    /// Adds an instance of one run or more, whose tokens lie in `bytes`; it fits into the sequence length.
    mutating func append(_ runs: some Collection<RunBytes>, in bytes: [UInt8], isRandomNext: Bool, masks: Masks?) {
        count += 1
        var total = 0
        var first: UInt64?
        for (number, run) in runs.enumerated() {
            let length = run.bytes.count / width
            total += length
            if number + 1 < runs.count { lengths.append(UInt16(length)) }
            let document = UInt64(bitPattern: run.document)
            if let first { otherDocuments.append(document ^ first) } else { firstDocuments.append(document) }
            first = first ?? document
            append(run.bytes, of: bytes)
        }
        tokenCount += total
        runCounts.append(UInt16(runs.count))
        rooms.append(UInt16(sequenceLength - total - 1 - runs.count))
        labels.append(isRandomNext ? 1 : 0)
        if isStatic { append(masks ?? Masks(positions: [], replacements: [])) }
    }

    private mutating func append(_ range: Range<Int>, of bytes: [UInt8]) {
        bytes.withUnsafeBytes { source in
            order.ranks.withUnsafeBufferPointer { ranks in
                for offset in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                    if width == 2 {
                        let id = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
                        let rank = ranks[Int(id)]
                        tokens.append(UInt8(truncatingIfNeeded: rank))
                        tokens.append(UInt8(truncatingIfNeeded: rank >> 8))
                    } else {
                        let id = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                        tokens.append(littleEndian: ranks[Int(id)])
                    }
                }
            }
        }
    }

    private mutating func append(_ masks: Masks) {
        maskCounts.append(UInt16(masks.positions.count))
        var last: Int32 = 0
        for position in masks.positions {
            gaps.append(UInt16(position - last))
            last = position
        }
        for id in masks.replacements {
            replacements.append(token: Int32(bitPattern: order.ranks[Int(id)]), width: width)
        }
    }

    /// The block's raw bytes; the encoder is empty afterwards.
    mutating func finish() -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(
            ShardBlockEncoder.headerBytes + count * 15 + lengths.count * 10 + tokens.count + gaps.count * (2 + width))
        raw.append(littleEndian: UInt32(count))
        raw.append(UInt8(width))
        raw.append(isStatic ? 1 : 0)
        raw.append(littleEndian: UInt16(sequenceLength))
        raw.append(littleEndian: UInt32(count + lengths.count))
        raw.append(littleEndian: UInt32(tokenCount))
        raw.append(littleEndian: UInt32(gaps.count))
        raw.append(planes: runCounts)
        raw.append(planes: rooms)
        raw.append(planes: lengths)
        raw += labels
        raw.append(planes: firstDocuments)
        raw.append(planes: otherDocuments)
        raw.append(planes: maskCounts)
        raw += tokens
        raw.append(planes: gaps)
        raw += replacements
        clear()
        return raw
    }

    private mutating func clear() {
        (count, tokenCount) = (0, 0)
        runCounts.removeAll(keepingCapacity: true)
        rooms.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        labels.removeAll(keepingCapacity: true)
        firstDocuments.removeAll(keepingCapacity: true)
        otherDocuments.removeAll(keepingCapacity: true)
        maskCounts.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        gaps.removeAll(keepingCapacity: true)
        replacements.removeAll(keepingCapacity: true)
    }
}
