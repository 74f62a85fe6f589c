internal import Foundation
internal import Storage
internal import Streaming

/// How typical each of some 14,000 pieces of two to four letters is of each language: a weight of 4 bits.
///
/// 2 MB of memory, made on first use and then shared.
final class LanguageModel: Sendable {
    /// Columns of the table: languages, and room up to 128.
    static let columns = 128

    /// The BCP 47 tags, sorted.
    let languages: [String]
    /// The mean weight of a piece of a language's own text, in steps.
    let expected: [Float]
    /// What a step of a weight is as a logarithm.
    let step: Float
    /// Pieces in it.
    let count: Int
    /// Open addressing: the high half of a piece's hash, and its row.
    private let tags: [UInt32]
    private let rows: [UInt16]
    /// A row of weights for each piece.
    let weights: [UInt8]

    private static let bits: UInt64 = 15

    /// The model of the program.
    static let shared: LanguageModel = {
        do {
            return try LanguageModel(LanguageModelData.base64.description, rawSize: LanguageModelData.rawSize)
        } catch {
            preconditionFailure("the language model in the program is damaged: \(error)")
        }
    }()

    /// Reads what Scripts/make_language_model.py wrote.
    init(_ base64: String, rawSize: Int) throws(Failure) {
        func damaged() -> Failure { Failure(.bug, "the language model is damaged") }
        guard let frame = Data(base64Encoded: base64) else { throw damaged() }
        let raw = try Zstandard.decompress([UInt8](frame), rawSize: rawSize, at: "language model")
        let lines = raw.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false)
        guard lines.count == 5 else { throw damaged() }
        let texts = lines[..<4].map { String(decoding: $0, as: UTF8.self) }
        let step = Float(texts[2]) ?? 1
        languages = texts[0].split(separator: " ").map(String.init)
        expected = texts[1].split(separator: " ").map { (Float($0) ?? 1) / step }
        self.step = step
        let pieces = texts[3].unicodeScalars.split(separator: "\t", omittingEmptySubsequences: false)
        count = pieces.count
        let packed = lines[4]
        guard packed.count == pieces.count * Self.columns / 2, pieces.count < 1 << (Self.bits - 1),
            expected.count == languages.count
        else { throw damaged() }
        weights = packed.flatMap { [$0 & 15, $0 >> 4] }
        var tags = [UInt32](repeating: 0, count: 1 << Int(Self.bits))
        var rows = [UInt16](repeating: 0, count: 1 << Int(Self.bits))
        for (row, piece) in pieces.enumerated() {
            let hash = piece.reduce(Self.seed) { Self.add($1.value, to: $0) }
            let (tag, start) = Self.place(hash)
            var slot = start
            while tags[slot] != 0 { slot = (slot + 1) & (tags.count - 1) }
            tags[slot] = tag
            rows[slot] = UInt16(row)
        }
        (self.tags, self.rows) = (tags, rows)
    }

    /// The hash of no letters.
    static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of a piece and one letter more.
    @inline(__always)
    static func add(_ scalar: UInt32, to hash: UInt64) -> UInt64 {
        (hash ^ UInt64(scalar)) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29
    }

    @inline(__always)
    private static func place(_ hash: UInt64) -> (tag: UInt32, slot: Int) {
        (UInt32(truncatingIfNeeded: hash >> 17) | 1, Int(hash >> (64 - bits)))
    }

    /// The row of a piece, nil when it is not among the chosen ones.
    @inline(__always)
    func row(of hash: UInt64) -> Int? {
        let (tag, start) = Self.place(hash)
        var slot = start
        while tags[slot] != 0 {
            if tags[slot] == tag { return Int(rows[slot]) }
            slot = (slot + 1) & (tags.count - 1)
        }
        return nil
    }
}
