internal import Storage

/// Counts what cleaning drops, by kind and name, without making a String for each thing dropped.
struct LossLedger {
    /// What the dropped text stood in.
    enum Kind: UInt8, CaseIterable {
        case template, tag, table, file, link, url, section, list, depth

        /// The word in the loss table.
        var word: String { String(describing: self) }
    }

    /// Names known for longer than a page are forgotten when there are more than this.
    private static let limit = 1 << 16

    /// A kind's number and a name, as the key.
    private var names = ByteTable()
    private var keys: [Loss] = []
    private var counts: [LossCount] = []
    private var touched: [Int32] = []
    private var scratch: [UInt8] = []

    /// Notes one loss of `size` bytes under `source[range]`.
    mutating func add(_ kind: Kind, _ source: [UInt8], _ range: Range<Int>, size: Int) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(kind.rawValue)
        scratch.append(contentsOf: source[range])
        let index = names.intern(scratch, 0..<scratch.count)
        if index == keys.count {
            keys.append(Loss(kind: kind.word, name: String(decoding: scratch.dropFirst(), as: UTF8.self)))
            counts.append(LossCount())
        }
        if counts[index].count == 0 { touched.append(Int32(index)) }
        counts[index] += LossCount(count: 1, bytes: size)
    }

    /// Notes one loss under a fixed name.
    mutating func add(_ kind: Kind, _ name: String, size: Int) {
        let bytes = Array(name.utf8)
        add(kind, bytes, 0..<bytes.count, size: size)
    }

    /// Adds what was counted since the last call to `loss`.
    mutating func flush(into loss: inout [Loss: LossCount]) {
        for index in touched {
            loss[keys[Int(index)], default: LossCount()] += counts[Int(index)]
            counts[Int(index)] = LossCount()
        }
        touched.removeAll(keepingCapacity: true)
        if keys.count > Self.limit { self = LossLedger() }
    }
}
