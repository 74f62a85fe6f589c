/// Gathers instances by column and gives the raw bytes of a block; docs/shard-format.md, "A block".
struct ShardBlockEncoder {
    /// Bytes before the columns.
    static let headerBytes = 16

    /// The masks of an instance with static masking.
    struct Masks {
        var positions: [Int32]
        var replacements: [Int32]
    }

    let width: Int
    let isStatic: Bool
    private(set) var count = 0
    private var lengthsA: [UInt8] = []
    private var lengthsB: [UInt8] = []
    private var randomNext: [UInt8] = []
    private var documentsA: [UInt8] = []
    private var differencesB: [UInt8] = []
    private var maskCounts: [UInt8] = []
    private var tokens: [UInt8] = []
    private var positions: [UInt8] = []
    private var replacements: [UInt8] = []

    init(width: Int, isStatic: Bool) {
        self.width = width
        self.isStatic = isStatic
    }

    /// Adds an instance; `a` and `b` are token ids as they are stored.
    mutating func append(
        a: ArraySlice<UInt8>, b: ArraySlice<UInt8>, isRandomNext: Bool, documentA: Int64, documentB: Int64,
        masks: Masks?
    ) {
        count += 1
        lengthsA.append(littleEndian: UInt16(a.count / width))
        lengthsB.append(littleEndian: UInt16(b.count / width))
        randomNext.append(isRandomNext ? 1 : 0)
        documentsA.append(littleEndian: documentA)
        differencesB.append(littleEndian: documentB &- documentA)
        tokens.append(contentsOf: a)
        tokens.append(contentsOf: b)
        guard isStatic else { return }
        let masks = masks ?? Masks(positions: [], replacements: [])
        maskCounts.append(littleEndian: UInt16(masks.positions.count))
        for position in masks.positions { positions.append(littleEndian: UInt16(position)) }
        for id in masks.replacements { replacements.append(token: id, width: width) }
    }

    /// The block's raw bytes; the encoder is empty afterwards.
    mutating func finish() -> [UInt8] {
        let columns = [
            lengthsA, lengthsB, randomNext, documentsA, differencesB, maskCounts, tokens, positions, replacements,
        ]
        var raw: [UInt8] = []
        raw.reserveCapacity(columns.reduce(ShardBlockEncoder.headerBytes) { $0 + $1.count })
        raw.append(littleEndian: UInt32(count))
        raw.append(UInt8(width))
        raw.append(isStatic ? 1 : 0)
        raw.append(littleEndian: UInt16(0))
        raw.append(littleEndian: UInt32(tokens.count / width))
        raw.append(littleEndian: UInt32(positions.count / 2))
        for column in columns { raw.append(contentsOf: column) }
        self = ShardBlockEncoder(width: width, isStatic: isStatic)
        return raw
    }
}
