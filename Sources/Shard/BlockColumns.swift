/// The columns of a raw block, cut out by its own lengths, none of which is trusted.
struct BlockColumns {
    struct Complaint: Error {
        let message: String

        static func unless(_ holds: Bool, _ message: @autoclosure () -> String) throws(Complaint) {
            if !holds { throw Complaint(message: message()) }
        }
    }

    private let limits: BlockLimits
    private let count: Int
    private(set) var labels: [UInt8] = []
    private(set) var runLengths: [UInt16] = []
    private(set) var documents: [Int64] = []
    private(set) var tokens: [Int32] = []
    private(set) var positions: [UInt16] = []
    private(set) var replacements: [Int32] = []
    private(set) var runStarts, tokenStarts, maskStarts: [Int]

    init(_ raw: [UInt8], expecting count: Int, limits: BlockLimits, order: TokenOrder) throws(Complaint) {
        let header = ShardBlockEncoder.headerBytes
        self.limits = limits
        self.count = count
        try Complaint.unless(raw.count >= header && count > 0, "is too short for its header")
        try Complaint.unless(
            raw.integer(UInt32.self, at: 0) == UInt32(count), "holds another number of instances than its index")
        try Complaint.unless(
            Int(raw[4]) == limits.width && raw[5] == (limits.isStatic ? 1 : 0)
                && Int(raw.integer(UInt16.self, at: 6)) == limits.sequenceLength,
            "has another layout than its index")
        let runs = Int(raw.integer(UInt32.self, at: 8))
        let (total, masks) = (Int(raw.integer(UInt32.self, at: 12)), Int(raw.integer(UInt32.self, at: 16)))
        try Complaint.unless(
            runs >= count && (limits.isStatic || masks == 0)
                && limits.rawSize(count: count, runs: runs, tokens: total, masks: masks) == raw.count,
            "has another size than its lengths say")
        // From here on every column lies within the raw bytes.
        var offset = header
        func planes<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type, _ length: Int) -> [Value] {
            defer { offset += MemoryLayout<Value>.size * length }
            return raw.planes(type, at: offset, count: length)
        }
        func ids(_ length: Int) throws(Complaint) -> [Int32] {
            defer { offset += limits.width * length }
            return try BlockColumns.ids(raw, at: offset, count: length, width: limits.width, order: order)
        }
        let runCounts = planes(UInt16.self, count)
        let rooms = planes(UInt16.self, count)
        let lengths = planes(UInt16.self, runs - count)
        labels = Array(raw[offset..<offset + count])
        offset += count
        let first = planes(UInt64.self, count)
        let others = planes(UInt64.self, runs - count)
        let maskCounts = limits.isStatic ? planes(UInt16.self, count) : []
        runStarts = BlockColumns.starts(runCounts)
        maskStarts = BlockColumns.starts(maskCounts)
        tokenStarts = [0]
        try Complaint.unless(
            runStarts[count] == runs && !runCounts.contains(0) && (maskStarts.last ?? 0) == masks,
            "has lengths that do not add up")
        try addRuns(rooms, lengths, first, others)
        try Complaint.unless(tokenStarts[count] == total, "has lengths that do not add up")
        tokens = try ids(total)
        let gaps = planes(UInt16.self, masks)
        replacements = try ids(masks)
        try addPositions(gaps)
    }

    private static func starts(_ counts: [UInt16]) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(counts.count + 1)
        var sum = 0
        for count in counts {
            sum += Int(count)
            starts.append(sum)
        }
        return starts
    }

    /// Ids from ranks; one beyond the vocabulary is damage.
    private static func ids(
        _ raw: [UInt8], at offset: Int, count: Int, width: Int, order: TokenOrder
    ) throws(Complaint) -> [Int32] {
        var isKnown = true
        let ids = [Int32](unsafeUninitializedCapacity: count) { output, filled in
            raw.withUnsafeBytes { bytes in
                order.ids.withUnsafeBufferPointer { ids in
                    for index in 0..<count {
                        let place = offset + index * width
                        let rank =
                            width == 2
                            ? UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
                            : UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                        let isIn = rank < UInt32(ids.count)
                        isKnown = isKnown && isIn
                        output[index] = isIn ? ids[Int(rank)] : 0
                    }
                }
            }
            filled = count
        }
        try Complaint.unless(isKnown, "has a token that is not in the vocabulary")
        return ids
    }

    /// The last run of an instance takes what the others and the room leave of the sequence length.
    private mutating func addRuns(
        _ rooms: [UInt16], _ lengths: [UInt16], _ first: [UInt64], _ others: [UInt64]
    ) throws(Complaint) {
        var other = 0
        var start = 0
        for index in 0..<count {
            let runs = runStarts[index + 1] - runStarts[index]
            var left = limits.sequenceLength - 1 - runs - Int(rooms[index])
            try Complaint.unless(left >= runs, "has an instance of \(left) tokens in \(runs) runs")
            start += left
            tokenStarts.append(start)
            documents.append(Int64(bitPattern: first[index]))
            for _ in 1..<runs {
                runLengths.append(lengths[other])
                documents.append(Int64(bitPattern: first[index] ^ others[other]))
                left -= Int(lengths[other])
                try Complaint.unless(lengths[other] > 0 && left > 0, "has an instance with a run of no tokens")
                other += 1
            }
            runLengths.append(UInt16(left))
        }
    }

    private mutating func addPositions(_ gaps: [UInt16]) throws(Complaint) {
        positions.reserveCapacity(gaps.count)
        guard limits.isStatic else { return }
        for index in 0..<count {
            var position = 0
            for mask in maskStarts[index]..<maskStarts[index + 1] {
                position += Int(gaps[mask])
                try Complaint.unless(gaps[mask] > 0 && position <= 0x7FFF, "has masks whose positions do not ascend")
                positions.append(UInt16(position))
            }
        }
    }

    /// Checks every instance by itself.
    func check() throws(Complaint) {
        for index in 0..<count {
            try checkRuns(index)
            if limits.isStatic { try checkMasks(index) }
        }
    }

    private func checkRuns(_ index: Int) throws(Complaint) {
        let range = runStarts[index]..<runStarts[index + 1]
        try Complaint.unless(limits.runs.contains(range.count), "has an instance of \(range.count) runs")
        try Complaint.unless(
            labels[index] <= (limits.objective == .mlm ? 0 : 1), "has an instance with label \(labels[index])")
        try Complaint.unless(
            documents[range].allSatisfy(DocumentKey.isValid), "has an instance of a document that cannot be")
        guard limits.objective != .mlm else { return }
        let differ = limits.objective == .nsp && labels[index] == 1
        try Complaint.unless(
            (documents[range.lowerBound] != documents[range.lowerBound + 1]) == differ,
            "has an instance whose label belies its documents")
    }

    private func checkMasks(_ index: Int) throws(Complaint) {
        let range = maskStarts[index]..<maskStarts[index + 1]
        try Complaint.unless(range.count <= limits.predictionLimit, "has an instance of too many masks")
        var run = runStarts[index]
        var separator = 1 + Int(runLengths[run])
        for mask in range {
            let position = Int(positions[mask])
            while position > separator, run + 1 < runStarts[index + 1] {
                run += 1
                separator += 1 + Int(runLengths[run])
            }
            try Complaint.unless(position < separator, "has a mask at position \(position)")
        }
    }
}
