/// Pictures in text: they end sentences as smileys do.
extension SentenceScanner {
    /// Where the pictures that begin at `start` end, the blanks between them too; nil if there are none.
    func emoji(_ start: Int) -> Int? {
        let (first, next) = scalar(start)
        guard Self.isEmoji(first) else { return nil }
        var position = next
        while position < end {
            let (value, next) = scalar(position)
            if Self.isEmoji(value) || value == 0xFE0F || value == 0x200D {
                position = next
            } else if value == 0x20, Self.isEmoji(scalar(next).value) {
                position = next
            } else {
                break
            }
        }
        return position
    }

    /// A face, a heart or a hand before a word with a capital ends a sentence; at its beginning it is an ornament.
    func emojiVerdict(_ position: Int, _ sentenceStart: Int) -> SentenceVerdict {
        guard position > sentenceStart, !Self.isEmoji(scalar(sentenceStart).value),
            Self.tellsMood(scalar(position).value), let after = emoji(position), isSpace(after)
        else { return .goesOn }
        let next = skipSpace(after)
        let following = followingWord(next)
        guard next < end, following.shape == .upper, !following.opened else { return .goesOn }
        return .ends(end: after, next: next)
    }

    private static func isEmoji(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1F1E6...0x1FAFF, 0x2639, 0x263A, 0x2665, 0x2764: true
        default: false
        }
    }

    private static func tellsMood(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1F600...0x1F64F, 0x1F910...0x1F93A, 0x1F970...0x1F97A, 0x1F44A...0x1F44F, 0x1F493...0x1F49F, 0x1F389,
            0x1F4AF, 0x1F525:
            true
        default: false
        }
    }
}
