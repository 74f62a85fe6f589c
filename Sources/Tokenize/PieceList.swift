/// The pieces of a vocabulary while it grows: their bytes by id, and their ids by bytes.
struct PieceList {
    private var pieces: [[UInt8]] = []
    private var ids: [[UInt8]: Int32] = [:]
    private static let prefix = Array("##".utf8)

    init(special: [String]) {
        for piece in special { _ = add(Array(piece.utf8)) }
    }

    var count: Int { pieces.count }

    var strings: [String] { pieces.map { String(decoding: $0, as: UTF8.self) } }

    /// The id of a piece, which is added if it is new.
    mutating func add(_ piece: [UInt8]) -> Int32 {
        if let id = ids[piece] { return id }
        let id = Int32(pieces.count)
        pieces.append(piece)
        ids[piece] = id
        return id
    }

    /// Adds a character that begins a word, or goes on with one.
    mutating func add(character scalar: UInt32, continuing: Bool) -> Int32 {
        var piece = continuing ? PieceList.prefix : []
        UTF8Decoding.append(scalar, to: &piece)
        return add(piece)
    }

    /// Adds the piece that two neighbours make: the second one's `##` goes.
    mutating func join(_ a: Int32, _ b: Int32) -> Int32 {
        let second = pieces[Int(b)]
        return add(pieces[Int(a)] + (second.starts(with: PieceList.prefix) ? second.dropFirst(2) : second[...]))
    }
}
