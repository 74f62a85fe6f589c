/// Which characters a vocabulary has pieces for.
public struct VocabularyCoverage: Sendable, Equatable {
    /// Characters that are pieces at the beginning of a word.
    public private(set) var characters = 0
    /// Digits 0 to 9 that are.
    public private(set) var digits = 0
    /// Digits 0 to 9 that are pieces inside a word.
    public private(set) var digitsInside = 0
    /// Letters a to z that are pieces at the beginning of a word.
    public private(set) var letters = 0
    /// Letters a to z that are pieces inside a word.
    public private(set) var lettersInside = 0
    /// Chinese characters.
    public private(set) var ideographs = 0
    /// Letters of the Japanese syllabaries.
    public private(set) var kana = 0
    /// Korean syllables and letters.
    public private(set) var hangul = 0

    init(_ pieces: [[UInt8]]) {
        for piece in Set(pieces) {
            let continues = PieceReach.isContinuation(piece)
            let body = continues ? Array(piece.dropFirst(2)) : piece
            guard !body.isEmpty else { continue }
            let (scalar, end) = UTF8Decoding.next(body.span, at: 0, end: body.count)
            if end == body.count { add(scalar, continues) }
        }
    }

    private mutating func add(_ scalar: UInt32, _ continues: Bool) {
        if continues {
            if (0x30...0x39).contains(scalar) { digitsInside += 1 }
            if (0x61...0x7A).contains(scalar) { lettersInside += 1 }
            return
        }
        characters += 1
        switch scalar {
        case 0x30...0x39: digits += 1
        case 0x61...0x7A: letters += 1
        case 0x3041...0x30FF: kana += 1
        case 0x1100...0x11FF, 0x3131...0x318E, 0xAC00...0xD7A3: hangul += 1
        default: if ScalarProperties.reference[scalar].contains(.ideograph) { ideographs += 1 }
        }
    }
}
