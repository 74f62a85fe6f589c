/// The pieces of a vocabulary while it grows: their bytes by id, and their ids by bytes.
///
/// New pieces take the free `[unused]` places first, in their order, then the places behind the last one.
struct PieceList {
    private var pieces: [[UInt8]] = []
    private var ids: [[UInt8]: Int32] = [:]
    private var free: ArraySlice<Int32> = []
    private let size: Int
    static let prefix = Array("##".utf8)

    /// - Parameters:
    ///   - fixed: pieces whose ids stay.
    ///   - size: most pieces there may be.
    ///   - keptUnused: how many `[unused]` places are not to be filled, the last ones.
    init(_ fixed: [[UInt8]], size: Int, keptUnused: Int = .max) {
        self.size = size
        for piece in fixed {
            if PieceList.isUnused(piece), ids[piece] == nil { free.append(Int32(pieces.count)) }
            if ids[piece] == nil { ids[piece] = Int32(pieces.count) }
            pieces.append(piece)
        }
        free.removeLast(min(free.count, max(0, keptUnused)))
    }

    /// Places, those of `[unused]` pieces among them.
    var count: Int { pieces.count }

    /// Pieces that can still be added; negative when there are too many already.
    var room: Int { size - pieces.count + free.count }

    /// The pieces in the order of their ids.
    var all: [[UInt8]] { pieces }

    /// Whether it is a place that waits for a meaning, as `[unused17]`.
    static func isUnused(_ piece: [UInt8]) -> Bool {
        let digits = piece.dropFirst(7).dropLast()
        return piece.starts(with: Array("[unused".utf8)) && piece.last == UInt8(ascii: "]") && !digits.isEmpty
            && digits.allSatisfy { (48...57).contains($0) }
    }

    /// The id of a piece, nil if it is not there.
    func id(_ piece: [UInt8]) -> Int32? { ids[piece] }

    /// The id of a piece, which is added if it is new.
    mutating func add(_ piece: [UInt8]) -> Int32 {
        if let id = ids[piece] { return id }
        let id: Int32
        if let place = free.popFirst() {
            ids[pieces[Int(place)]] = nil
            (id, pieces[Int(place)]) = (place, piece)
        } else {
            id = Int32(pieces.count)
            pieces.append(piece)
        }
        ids[piece] = id
        return id
    }

    /// The bytes of a character, as it begins a word or goes on with one.
    static func character(_ scalar: UInt32, continuing: Bool) -> [UInt8] {
        var piece = continuing ? PieceList.prefix : []
        UTF8Decoding.append(scalar, to: &piece)
        return piece
    }

    /// The piece that two neighbours make: the second one's `##` goes.
    func joined(_ a: Int32, _ b: Int32) -> [UInt8] {
        let second = pieces[Int(b)]
        return pieces[Int(a)] + (second.starts(with: PieceList.prefix) ? second.dropFirst(2) : second[...])
    }
}
