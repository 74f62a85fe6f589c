/// A normalised text that knows where each of its characters comes from.
struct AlignedText: NormalizedCharacters, Sendable {
    /// A normalised character.
    struct Character: Sendable {
        /// Where its UTF-8 ends in `bytes`.
        let end: Int
        /// The bytes of the text it comes from.
        let source: Range<Int>
        let kind: Kind
    }

    enum Kind: Sendable {
        /// Part of a word.
        case letter
        /// A word by itself.
        case alone
        /// What ends a word.
        case space
    }

    private(set) var bytes: [UInt8] = []
    private(set) var characters: [Character] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        characters.removeAll(keepingCapacity: true)
    }

    mutating func put(_ scalar: UInt32, isAlone: Bool, source: Range<Int>) {
        UTF8Decoding.append(scalar, to: &bytes)
        characters.append(Character(end: bytes.count, source: source, kind: isAlone ? .alone : .letter))
    }

    mutating func putSpace(source: Range<Int>) {
        bytes.append(0x20)
        characters.append(Character(end: bytes.count, source: source, kind: .space))
    }

    /// Where the UTF-8 of a character begins in `bytes`.
    func start(_ index: Int) -> Int { index == 0 ? 0 : characters[index - 1].end }
}
