/// Cuts text into words for comparing: runs of letters and digits, ASCII letters in lower case, no punctuation.
///
/// In scripts that put no space between words (Chinese, Japanese kana, Thai, Lao, Khmer, Burmese, Tibetan) every
/// character is a word of its own.
enum WordScanner {
    /// What a byte at the start of a character can be.
    private enum Kind: UInt8 {
        /// Ends a word.
        case space
        /// An ASCII letter or digit.
        case letter
        /// The first byte of a longer character.
        case lead
        /// A later byte.
        case continuation
    }

    private static let kinds: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: Kind.letter.rawValue
        case 0x80...0xBF: Kind.continuation.rawValue
        case 0xC2...0xF4: Kind.lead.rawValue
        default: Kind.space.rawValue
        }
    }

    /// What a character beyond ASCII is.
    enum Wide {
        case space, letter, alone
    }

    /// Calls `body` with the hash of each word and where it stands, in order; linear time.
    /// - Parameter text: any bytes; what is no UTF-8 separates words.
    @inline(__always)
    static func forEach(_ text: UnsafeBufferPointer<UInt8>, _ body: (_ hash: UInt64, _ range: Range<Int>) -> Void) {
        kinds.withUnsafeBufferPointer { kinds in
            var at = 0
            var start = -1
            var hash = seed
            while at < text.count {
                let byte = text[at]
                let kind = kinds[Int(byte)]
                if kind == Kind.letter.rawValue {
                    if start < 0 { (start, hash) = (at, seed) }
                    hash = step(hash, byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
                    at += 1
                    continue
                }
                let size = kind == Kind.lead.rawValue ? length(of: byte, text.count - at) : 1
                let wide = kind == Kind.lead.rawValue ? classify(text, at, size) : .space
                if wide == .letter {
                    if start < 0 { (start, hash) = (at, seed) }
                    for offset in 0..<size { hash = step(hash, text[at + offset]) }
                    at += size
                    continue
                }
                if start >= 0 {
                    body(finish(hash), start..<at)
                    start = -1
                }
                if wide == .alone {
                    hash = seed
                    for offset in 0..<size { hash = step(hash, text[at + offset]) }
                    body(finish(hash), at..<at + size)
                }
                at += size
            }
            if start >= 0 { body(finish(hash), start..<text.count) }
        }
    }

    /// The hashes of all words: eight bytes of memory a word.
    static func hashes(of text: [UInt8]) -> [UInt64] {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(text.count / 5)
        text.withUnsafeBufferPointer { text in forEach(text) { hash, _ in hashes.append(hash) } }
        return hashes
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Spreads the bits of a word's hash.
    @inline(__always)
    static func finish(_ hash: UInt64) -> UInt64 {
        var hash = hash
        hash ^= hash >> 33
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        hash = hash &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }

    @inline(__always)
    private static func length(of lead: UInt8, _ left: Int) -> Int {
        min(left, lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
    }

    /// A character's class by its first bytes: general punctuation, symbols and emoji are spaces, as is a cut one.
    @inline(__always)
    static func classify(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ size: Int) -> Wide {
        guard size > 1 else { return .space }
        let second = text[at + 1]
        switch text[at] {
        case 0xC2: return second == 0xAA || second == 0xB5 || second == 0xBA ? .letter : .space
        case 0xC3: return second == 0x97 || second == 0xB7 ? .space : .letter
        case 0xE0: return second >= 0xB8 && second <= 0xBF ? .alone : .letter
        case 0xE1: return second == 0x80 || second == 0x81 || second == 0x9E || second == 0x9F ? .alone : .letter
        case 0xE2: return second < 0xB0 || second >= 0xB8 ? .space : .letter
        case 0xE3: return second == 0x80 ? .space : .alone
        case 0xE4...0xE9: return .alone
        case 0xEF: return classifyLast(second, size > 2 ? text[at + 2] : 0)
        case 0xF0: return second >= 0xA0 ? .alone : second == 0x9F ? .space : .letter
        default: return .letter
        }
    }

    /// U+F000 to U+FFFF: presentation forms are letters, full-width punctuation is none.
    @inline(__always)
    private static func classifyLast(_ second: UInt8, _ third: UInt8) -> Wide {
        switch second {
        case 0xA4...0xAB: .alone
        case 0xAC...0xB7, 0xB9: .letter
        case 0xBC: third >= 0x90 && third <= 0x99 || third >= 0xA1 && third <= 0xBA ? .letter : .space
        case 0xBD: third >= 0x81 && third <= 0x9A || third >= 0xA6 ? .letter : .space
        case 0xBE: .letter
        default: .space
        }
    }
}
