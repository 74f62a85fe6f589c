public import Streaming

/// The word pieces of a BERT, in the order of their ids: `vocab.txt`.
public struct Vocabulary: Sendable, Equatable {
    /// The five special pieces every BERT has.
    public static let specialPieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

    /// The id of `[PAD]`.
    public let padID: Int32
    /// The id of `[UNK]`.
    public let unknownID: Int32
    /// The id of `[CLS]`.
    public let classificationID: Int32
    /// The id of `[SEP]`.
    public let separatorID: Int32
    /// The id of `[MASK]`.
    public let maskID: Int32

    /// All pieces' UTF-8, one after the other.
    ///
    /// Never compared as `String`, for which é and e + accent are one.
    private let bytes: [UInt8]
    private let starts: [Int]
    /// Cuts words into these pieces.
    let matcher: PieceMatcher
    /// Pieces that are found as added tokens alone, never in a word.
    private let unmatched: Set<Int32>

    /// Creates a vocabulary.
    /// - Parameter pieces: in the order of their ids; the five special ones among them, none twice, none empty.
    public init(pieces: [String]) throws(Failure) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for (row, piece) in pieces.enumerated() {
            guard !piece.utf8.contains(where: { $0 == 10 || $0 == 13 }) else {
                throw Failure(
                    .badData, "holds a line break", at: "piece \(row)", remedy: "a piece is one line of a file")
            }
            bytes += piece.utf8
            ends.append(bytes.count)
        }
        try self.init(bytes: bytes, ends: ends, place: nil)
    }

    /// Creates a vocabulary of which `unmatched` are never pieces of words; `place` is what failures name.
    init(pieces: [[UInt8]], unmatched: Set<Int32>, place: String) throws(Failure) {
        var ends: [Int] = []
        ends.reserveCapacity(pieces.count)
        for piece in pieces { ends.append((ends.last ?? 0) + piece.count) }
        try self.init(bytes: Array(pieces.joined()), ends: ends, place: place, unmatched: unmatched)
    }

    /// Reads `vocab.txt`, one piece a line; lines may end in CR LF.
    /// - Parameter path: the file, or a folder that holds a `vocab.txt`.
    public init(contentsOf path: String) throws(Failure) {
        let file = Files.isDirectory(path) ? path + "/vocab.txt" : path
        try self.init(text: try Files.read(file), place: file)
    }

    /// Parses the bytes of a `vocab.txt`; `place` is what failures name, `nodes` the most the tree of pieces may have.
    init(text: [UInt8], place: String, nodes: Int = PieceTree.maximumNodes) throws(Failure) {
        guard !text.isEmpty else {
            throw Failure(.badData, "is empty", at: place, remedy: "give a vocabulary of one piece a line")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var ends: [Int] = []
        var start = 0
        while start < text.count {
            let line = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let end = line > start && text[line - 1] == UInt8(ascii: "\r") ? line - 1 : line
            bytes += text[start..<end]
            ends.append(bytes.count)
            start = line + 1
        }
        try self.init(bytes: bytes, ends: ends, place: place, nodes: nodes)
    }

    private init(
        bytes: [UInt8], ends: [Int], place: String?, nodes: Int = PieceTree.maximumNodes, unmatched: Set<Int32> = []
    ) throws(Failure) {
        let starts = [0] + ends
        try Vocabulary.check(bytes, starts, place: place)
        let matcher = PieceMatcher(
            try Vocabulary.tree(bytes, starts, place: place, nodes: nodes, unmatched: unmatched))
        func special(_ piece: String) throws(Failure) -> Int32 {
            let id = matcher.id(of: piece.utf8)
            if id >= 0 { return id }
            if let row = unmatched.first(where: {
                bytes[starts[Int($0)]..<starts[Int($0) + 1]].elementsEqual(piece.utf8)
            }) {
                return row
            }
            throw Failure(
                .badData, "the piece \(piece) is missing", at: place ?? "vocabulary",
                remedy: "a BERT vocabulary holds \(Vocabulary.specialPieces.joined(separator: " "))")
        }
        unknownID = try special("[UNK]")
        padID = try special("[PAD]")
        classificationID = try special("[CLS]")
        separatorID = try special("[SEP]")
        maskID = try special("[MASK]")
        (self.bytes, self.starts) = (bytes, starts)
        self.unmatched = unmatched
        self.matcher = matcher
    }

    private static func row(_ row: Int, _ place: String?) -> String {
        place.map { "\($0): row \(row + 1)" } ?? "piece \(row)"
    }

    /// Every piece is UTF-8 and not empty.
    private static func check(_ bytes: [UInt8], _ starts: [Int], place: String?) throws(Failure) {
        for row in 0..<starts.count - 1 {
            guard starts[row] < starts[row + 1] else {
                throw Failure(
                    .badData, "is empty, a piece is needed", at: Vocabulary.row(row, place),
                    remedy: "remove the line")
            }
            if let byte = UTF8Decoding.firstError(in: bytes, starts[row]..<starts[row + 1]) {
                throw Failure(
                    .badData, "byte \(byte - starts[row]) of the piece is no UTF-8", at: Vocabulary.row(row, place),
                    remedy: "save it as UTF-8")
            }
        }
    }

    /// The tree of the pieces that words may have, which always has a node for `##`.
    private static func tree(
        _ bytes: [UInt8], _ starts: [Int], place: String?, nodes: Int, unmatched: Set<Int32>
    ) throws(Failure) -> PieceTree {
        let count = starts.count - 1
        var rows = (0..<UInt32(count)).filter { unmatched.isEmpty || !unmatched.contains(Int32($0)) }
        rows.append(UInt32(count))
        let prefix = [UInt8(ascii: "#"), UInt8(ascii: "#")]
        var tree = PieceTree(bytes: bytes + prefix, starts: starts + [bytes.count + 2], rows: rows, limit: nodes)
        guard tree.isComplete else {
            throw Failure(
                .badData, "the pieces have more than \(nodes) different beginnings", at: place ?? "vocabulary",
                remedy: "give a vocabulary of one piece a line, not a text")
        }
        if let (first, second) = tree.repeated, second < count {
            let piece = String(decoding: bytes[starts[second]..<starts[second + 1]], as: UTF8.self)
            throw Failure(
                .badData, "the piece '\(piece)' was already row \(first + 1)", at: Vocabulary.row(second, place),
                remedy: "every piece must be there once")
        }
        let continuation = tree.node(prefix)
        if tree.nodes[Int(continuation)].value == PieceNode.isPiece | UInt32(count) {
            tree.forgetPiece(at: continuation)
        }
        return tree
    }

    /// How many pieces there are; ids are 0..<count.
    public var count: Int { starts.count - 1 }

    /// The piece of an id in 0..<count.
    public func piece(_ id: Int32) -> String { String(decoding: pieceBytes(id), as: UTF8.self) }

    /// The UTF-8 of the piece of an id in 0..<count.
    public func pieceBytes(_ id: Int32) -> ArraySlice<UInt8> { bytes[starts[Int(id)]..<starts[Int(id) + 1]] }

    /// The id of a piece, byte for byte; nil if there is none.
    public func id(of piece: String) -> Int32? {
        let id = matcher.id(of: piece.utf8)
        return id >= 0 ? id : unmatched.first { pieceBytes($0).elementsEqual(piece.utf8) }
    }

    /// Whether the piece goes on with a word, as `##ing` does.
    public func isContinuation(_ id: Int32) -> Bool {
        let piece = pieceBytes(id)
        return piece.count > 2 && piece.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "#")])
    }

    /// Whether words may have this piece; false for added tokens that are no part of the model.
    func isMatched(_ id: Int32) -> Bool { !unmatched.contains(id) }

    /// Whether the piece is one of the five special ones.
    public func isSpecial(_ id: Int32) -> Bool {
        id == padID || id == unknownID || id == classificationID || id == separatorID || id == maskID
    }

    /// The bytes of `vocab.txt`: one piece a line.
    public var fileBytes: [UInt8] {
        var file: [UInt8] = []
        file.reserveCapacity(bytes.count + count)
        for id in 0..<count {
            file += pieceBytes(Int32(id))
            file.append(UInt8(ascii: "\n"))
        }
        return file
    }

    /// Equal when the same pieces have the same ids.
    public static func == (a: Vocabulary, b: Vocabulary) -> Bool { a.starts == b.starts && a.bytes == b.bytes }
}
