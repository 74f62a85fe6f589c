/// What is wrong with a vocabulary, row by row, and what it covers.
///
/// It reads any bytes: what `Vocabulary` refuses is a finding here. Linear in the file.
public struct VocabularyLint: Sendable {
    /// What can be wrong with a piece.
    public enum Problem: String, Sendable, CaseIterable {
        /// A row with nothing in it.
        case empty
        /// Bytes that are no UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// The piece was there before; only one of the ids is ever given.
        case duplicate
        /// One of the five special pieces is not there.
        case missingSpecial = "missing_special"
        /// The tokeniser never gives these bytes: it makes something else of them, or nothing.
        case notNormalized = "not_normalized"
        /// The tokeniser cuts it at punctuation, white space or Chinese characters.
        case severalWords = "several_words"
        /// More characters than a word may have.
        case tooLong = "too_long"
        /// A piece to go on with a word, of which a word is never followed: punctuation, a Chinese character.
        case cannotFollow = "cannot_follow"
        /// No word gives it, since a longer piece always comes first.
        case unreachable
    }

    /// A piece with a problem.
    public struct Finding: Sendable, Equatable {
        /// The row, from 1; 0 for a piece that is not there.
        public let row: Int
        /// The piece; damaged bytes are shown as U+FFFD.
        public let piece: String
        /// What is wrong.
        public let problem: Problem
        /// More about it: what the tokeniser makes of it, or where it was before.
        public let detail: String
    }

    /// The problems, by row.
    public private(set) var findings: [Finding] = []
    /// What characters there are pieces for.
    public private(set) var coverage: VocabularyCoverage
    /// Rows.
    public let rows: Int
    /// Pieces that go on with a word.
    public private(set) var continuations = 0
    /// Places that wait for a meaning.
    public private(set) var unused = 0

    private let options: TokenizerOptions
    private var normalizer: WordNormalizer

    /// - Parameters:
    ///   - text: the bytes of a `vocab.txt`.
    ///   - options: how text becomes words for it.
    public init(_ text: [UInt8], options: TokenizerOptions) {
        self.options = options
        normalizer = WordNormalizer(options)
        let pieces = VocabularyLint.lines(text)
        rows = pieces.count
        coverage = VocabularyCoverage(pieces)
        var places: [[UInt8]: Int] = [:]
        var sound: [(row: Int, piece: [UInt8])] = []
        for (index, piece) in pieces.enumerated() {
            if let earlier = places[piece] {
                add(index + 1, piece, .duplicate, "as row \(earlier)")
                continue
            }
            places[piece] = index + 1
            if check(piece, row: index + 1) { sound.append((index + 1, piece)) }
        }
        for special in Vocabulary.specialPieces where places[Array(special.utf8)] == nil {
            add(0, Array(special.utf8), .missingSpecial, "every BERT has it")
        }
        let (later, first) = (sound.filter { PieceReach.isContinuation($0.piece) }, sound.map(\.piece))
        let reach = PieceReach(later.map(\.piece), behind: first.filter { isFollowed($0) })
        for (row, piece) in later where !reach.isReached(piece) {
            add(row, piece, .unreachable, "a longer piece always comes first")
        }
        findings.sort { $0.row < $1.row }
    }

    /// How many problems of a kind there are.
    public func count(_ problem: Problem) -> Int { findings.count { $0.problem == problem } }

    private static func lines(_ text: [UInt8]) -> [[UInt8]] {
        var rows = text.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
        if rows.last?.isEmpty == true { rows.removeLast() }
        return rows.map { $0.last == 13 ? Array($0.dropLast()) : $0 }
    }

    private mutating func add(_ row: Int, _ piece: [UInt8], _ problem: Problem, _ detail: String) {
        findings.append(
            Finding(row: row, piece: String(decoding: piece, as: UTF8.self), problem: problem, detail: detail))
    }

    /// Looks at one piece alone; true if a tokeniser can come to it.
    private mutating func check(_ piece: [UInt8], row: Int) -> Bool {
        guard !piece.isEmpty else {
            add(row, piece, .empty, "remove the row, or give it a piece")
            return false
        }
        if let byte = UTF8Decoding.firstError(in: piece, 0..<piece.count) {
            add(row, piece, .invalidUTF8, "byte \(byte)")
            return false
        }
        if PieceList.isUnused(piece) {
            unused += 1
            return false
        }
        if Vocabulary.specialPieces.contains(where: { Array($0.utf8) == piece }) { return false }
        let continues = PieceReach.isContinuation(piece)
        if continues { continuations += 1 }
        let body = continues ? Array(piece.dropFirst(2)) : piece
        guard Alphabet.length(body.span, 0..<body.count) <= options.wordLimit - (continues ? 1 : 0) else {
            add(row, piece, .tooLong, "a word has \(options.wordLimit) characters at most")
            return false
        }
        return checkWords(body, piece, row, continues)
    }

    private mutating func checkWords(_ body: [UInt8], _ piece: [UInt8], _ row: Int, _ continues: Bool) -> Bool {
        let words = words(of: body)
        let solid = body.filter { RunKind.table[Int($0)] != RunKind.space }
        if words.flatMap({ $0 }) != solid {
            let made = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            add(row, piece, .notNormalized, made.isEmpty ? "vanishes" : "becomes '\(made)'")
            return false
        }
        if words.count != 1 || solid.count != body.count {
            add(row, piece, .severalWords, "is cut into \(words.count)")
            return false
        }
        if continues, self.words(of: [UInt8(ascii: "x")] + body).count > 1 {
            add(row, piece, .cannotFollow, "it is always a word by itself")
            return false
        }
        return true
    }

    /// Whether a piece begins words that go on behind it.
    private mutating func isFollowed(_ piece: [UInt8]) -> Bool {
        !PieceReach.isContinuation(piece) && words(of: piece + [UInt8(ascii: "x")]).count == 1
    }

    private mutating func words(of text: [UInt8]) -> [[UInt8]] {
        normalizer.normalize(text.span, 0..<text.count)
        let (bytes, ends) = (normalizer.bytes, normalizer.ends)
        return ends.indices.map { Array(bytes[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]]) }
    }
}
