internal import Streaming

/// What a block may hold; from the index, never from the block.
struct BlockLimits: Sendable {
    var vocabularySize: Int
    var sequenceLength: Int
    var objective: ShardObjective
    var isStatic: Bool
    var predictionLimit: Int

    init(_ information: ShardInformation) {
        self.init(information.configuration, vocabularySize: information.vocabularySize)
    }

    init(_ configuration: ShardConfiguration, vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        sequenceLength = configuration.sequenceLength
        objective = configuration.objective
        isStatic = configuration.masking == .static
        predictionLimit = configuration.predictionLimit
    }

    var width: Int { TokenWidth.bytes(vocabularySize: vocabularySize) }

    /// Bytes of an instance besides its tokens and masks.
    var fixedBytes: Int { 2 + 2 + 1 + 8 + 8 + (isStatic ? 2 : 0) }

    /// The raw size a block of `count` instances cannot exceed.
    func largestRawSize(count: Int) -> Int {
        let masks = isStatic ? predictionLimit * (2 + width) : 0
        return ShardBlockEncoder.headerBytes + count * (fixedBytes + sequenceLength * width + masks)
    }
}

/// A block in memory, checked from end to end: every read of an instance lies within it.
final class DecodedBlock: Sendable {
    let count: Int
    private let limits: BlockLimits
    private let raw: [UInt8]
    /// Index in the token column of each instance's first token, and the number of all.
    private let tokenStarts: [Int]
    /// The same for the mask columns; empty without static masking.
    private let maskStarts: [Int]

    private var lengthA: Int { ShardBlockEncoder.headerBytes }
    private var lengthB: Int { lengthA + 2 * count }
    private var randomNext: Int { lengthB + 2 * count }
    private var documentA: Int { randomNext + count }
    private var differenceB: Int { documentA + 8 * count }
    private var tokens: Int { ShardBlockEncoder.headerBytes + count * limits.fixedBytes }
    private var positions: Int { tokens + tokenStarts[count] * limits.width }
    private var replacements: Int { positions + 2 * (maskStarts.last ?? 0) }

    /// Checks the raw bytes of a block of `count` instances against `limits`.
    init(_ raw: [UInt8], expecting count: Int, limits: BlockLimits, at place: @autoclosure () -> String) throws(Failure)
    {
        do throws(Complaint) {
            let header = ShardBlockEncoder.headerBytes
            try Complaint.unless(raw.count >= header + count * limits.fixedBytes, "is too short for its instances")
            try Complaint.unless(
                raw.integer(UInt32.self, at: 0) == UInt32(count), "holds another number of instances than its index")
            try Complaint.unless(
                Int(raw[4]) == limits.width && raw[5] == (limits.isStatic ? 1 : 0) && raw[6] == 0 && raw[7] == 0,
                "has another layout than its index")
            self.count = count
            self.limits = limits
            self.raw = raw
            tokenStarts = try DecodedBlock.starts(raw, count) { index in
                Int(raw.integer(UInt16.self, at: header + 2 * index))
                    + Int(raw.integer(UInt16.self, at: header + 2 * count + 2 * index))
            }
            let masks = header + count * (limits.fixedBytes - 2)
            maskStarts =
                limits.isStatic
                ? try DecodedBlock.starts(raw, count) { Int(raw.integer(UInt16.self, at: masks + 2 * $0)) } : []
            try checkSizes()
            for index in 0..<count { try check(index) }
            try checkTokens()
        } catch {
            throw Failure(
                .badData, "a block \(error.message)", at: place(),
                remedy: "restore the file, or run 'tessera shard' into a new folder")
        }
    }

    private struct Complaint: Error {
        let message: String

        static func unless(_ holds: Bool, _ message: @autoclosure () -> String) throws(Complaint) {
            if !holds { throw Complaint(message: message()) }
        }
    }

    private static func starts(
        _ raw: [UInt8], _ count: Int, _ length: (Int) -> Int
    ) throws(Complaint) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(count + 1)
        for index in 0..<count { starts.append(starts[index] + length(index)) }
        return starts
    }

    private func checkSizes() throws(Complaint) {
        let masks = maskStarts.last ?? 0
        try Complaint.unless(
            tokenStarts[count] == Int(raw.integer(UInt32.self, at: 8))
                && masks == Int(raw.integer(UInt32.self, at: 12)),
            "has lengths that do not add up")
        try Complaint.unless(
            replacements + masks * limits.width == raw.count, "has another size than its lengths say")
    }

    private func check(_ index: Int) throws(Complaint) {
        let (a, b) = lengths(index)
        let isSingle = limits.objective == .mlm
        try Complaint.unless(
            a > 0 && (b == 0) == isSingle && a + b + limits.objective.specialTokens <= limits.sequenceLength,
            "has an instance of \(a) and \(b) tokens")
        let flag = raw[randomNext + index]
        try Complaint.unless(flag <= (isSingle ? 0 : 1), "has an instance with label \(flag)")
        let (first, second) = documents(index)
        let differ = limits.objective == .nsp && flag == 1
        try Complaint.unless(
            first > 0 && second > 0 && (first != second) == differ, "has an instance whose label belies its documents")
        if limits.isStatic { try checkMasks(index, a: a, b: b) }
    }

    private func checkMasks(_ index: Int, a: Int, b: Int) throws(Complaint) {
        let range = maskStarts[index]..<maskStarts[index + 1]
        try Complaint.unless(range.count <= limits.predictionLimit, "has an instance of too many masks")
        let end = a + b + limits.objective.specialTokens - 1
        var last = 0
        for mask in range {
            let position = Int(raw.integer(UInt16.self, at: positions + 2 * mask))
            try Complaint.unless(
                position > last && position < end && position != a + 1, "has a mask at position \(position)")
            last = position
            let id = raw.token(at: replacements + mask * limits.width, width: limits.width)
            try Complaint.unless(isKnown(id), "has a mask that is not in the vocabulary")
        }
    }

    private func checkTokens() throws(Complaint) {
        for token in 0..<tokenStarts[count] {
            let id = raw.token(at: tokens + token * limits.width, width: limits.width)
            try Complaint.unless(isKnown(id), "has a token that is not in the vocabulary")
        }
    }

    private func isKnown(_ id: Int32) -> Bool { UInt32(bitPattern: id) < UInt32(limits.vocabularySize) }

    /// Tokens of A and of B.
    func lengths(_ index: Int) -> (a: Int, b: Int) {
        (
            Int(raw.integer(UInt16.self, at: lengthA + 2 * index)),
            Int(raw.integer(UInt16.self, at: lengthB + 2 * index))
        )
    }

    func isRandomNext(_ index: Int) -> Bool { raw[randomNext + index] == 1 }

    private func documents(_ index: Int) -> (Int64, Int64) {
        let first = raw.integer(Int64.self, at: documentA + 8 * index)
        return (first, first &+ raw.integer(Int64.self, at: differenceB + 8 * index))
    }

    /// Instance `index` of the block, which is number `number` of its split.
    func instance(_ index: Int, number: Int, split: ShardSplit) -> Instance {
        let (a, _) = lengths(index)
        let ids = (tokenStarts[index]..<tokenStarts[index + 1]).map {
            raw.token(at: tokens + $0 * limits.width, width: limits.width)
        }
        let (first, second) = documents(index)
        var instance = Instance(
            index: number, split: split, a: Array(ids[..<a]), b: Array(ids[a...]), isRandomNext: isRandomNext(index),
            documentA: first, documentB: second)
        if limits.isStatic { addMasks(index, to: &instance) }
        return instance
    }

    private func addMasks(_ index: Int, to instance: inout Instance) {
        let range = maskStarts[index]..<maskStarts[index + 1]
        let places = range.map { Int32(raw.integer(UInt16.self, at: positions + 2 * $0)) }
        instance.staticPositions = places
        instance.staticReplacements = range.map {
            raw.token(at: replacements + $0 * limits.width, width: limits.width)
        }
        let a = instance.a.count
        instance.staticLabels = places.map {
            Int($0) <= a ? instance.a[Int($0) - 1] : instance.b[Int($0) - a - 2]
        }
    }
}
