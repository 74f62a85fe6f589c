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
    private let trie: PieceTrie
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
    init(text: [UInt8], place: String, nodes: Int = PieceTrie.maximumNodes) throws(Failure) {
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
        bytes: [UInt8], ends: [Int], place: String?, nodes: Int = PieceTrie.maximumNodes, unmatched: Set<Int32> = []
    ) throws(Failure) {
        func at(_ row: Int) -> String { place.map { "\($0): row \(row + 1)" } ?? "piece \(row)" }
        var trie = PieceTrie(limit: nodes)
        var start = 0
        for (row, end) in ends.enumerated() {
            let piece = Array(bytes[start..<end])
            if let byte = UTF8Decoding.firstError(in: piece) {
                throw Failure(
                    .badData, "byte \(byte) of the piece is no UTF-8", at: at(row), remedy: "save it as UTF-8")
            }
            guard !piece.isEmpty else {
                throw Failure(.badData, "is empty, a piece is needed", at: at(row), remedy: "remove the line")
            }
            guard trie.insert(piece.span, id: Int32(row)) else {
                let node = trie.node(piece.span)
                guard node != PieceTrie.none else {
                    throw Failure(
                        .badData, "the pieces have more than \(nodes) different beginnings", at: at(row),
                        remedy: "give a vocabulary of one piece a line, not a text")
                }
                let earlier = trie.id(node)
                throw Failure(
                    .badData, "the piece '\(String(decoding: piece, as: UTF8.self))' was already row \(earlier + 1)",
                    at: at(row), remedy: "every piece must be there once")
            }
            start = end
        }
        func special(_ piece: String) throws(Failure) -> Int32 {
            let node = trie.node(Array(piece.utf8).span)
            if node != PieceTrie.none, trie.id(node) >= 0 { return trie.id(node) }
            throw Failure(
                .badData, "the piece \(piece) is missing", at: place ?? "vocabulary",
                remedy: "a BERT vocabulary holds \(Vocabulary.specialPieces.joined(separator: " "))")
        }
        unknownID = try special("[UNK]")
        padID = try special("[PAD]")
        classificationID = try special("[CLS]")
        separatorID = try special("[SEP]")
        maskID = try special("[MASK]")
        (self.bytes, self.starts) = (bytes, [0] + ends)
        let continuation = trie.addPath([UInt8(ascii: "#"), UInt8(ascii: "#")].span)
        guard continuation != PieceTrie.none else {
            throw Failure(
                .badData, "the pieces have more than \(nodes) different beginnings", at: place ?? "vocabulary",
                remedy: "give a vocabulary of one piece a line, not a text")
        }
        matcher = PieceMatcher(trie, continuation: continuation, unmatched: unmatched)
        self.unmatched = unmatched
        self.trie = trie
    }

    /// How many pieces there are; ids are 0..<count.
    public var count: Int { starts.count - 1 }

    /// The piece of an id in 0..<count.
    public func piece(_ id: Int32) -> String { String(decoding: pieceBytes(id), as: UTF8.self) }

    /// The UTF-8 of the piece of an id in 0..<count.
    public func pieceBytes(_ id: Int32) -> ArraySlice<UInt8> { bytes[starts[Int(id)]..<starts[Int(id) + 1]] }

    /// The id of a piece, byte for byte; nil if there is none.
    public func id(of piece: String) -> Int32? {
        let node = trie.node(Array(piece.utf8).span)
        return node != PieceTrie.none && trie.id(node) >= 0 ? trie.id(node) : nil
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
