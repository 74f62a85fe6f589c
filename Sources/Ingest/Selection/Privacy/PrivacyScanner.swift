internal import Storage

/// Replaces personal details by tags.
///
/// The text is read once from left to right, without patterns that go back: every place is looked at a bounded number
/// of times, whatever the text. What is found and what is deliberately left is told in docs/selection.md.
struct PrivacyScanner: Sendable {
    private let kinds: Set<PrivacyKind>

    init(_ kinds: [PrivacyKind]) { self.kinds = Set(kinds) }

    var isEmpty: Bool { kinds.isEmpty }

    /// Replaces the details of the chosen kinds and counts them.
    func replace(in text: inout [UInt8], loss: inout [Loss: LossCount]) {
        let found = spans(in: text)
        guard !found.isEmpty else { return }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var copied = 0
        for (range, kind) in found {
            result += text[copied..<range.lowerBound]
            result += kind.tag.utf8
            copied = range.upperBound
            loss[Loss(kind: "privacy", name: kind.rawValue), default: LossCount()] += LossCount(
                count: 1, bytes: range.count)
        }
        result += text[copied...]
        text = result
    }

    /// Where details of the chosen kinds stand, in order, none overlapping.
    func spans(in text: [UInt8]) -> [(range: Range<Int>, kind: PrivacyKind)] {
        text.withUnsafeBufferPointer { text in
            var pass = PrivacyPass(text)
            pass.run()
            // Details of other kinds were found too: a date must not pass for a telephone number.
            return pass.found.filter { kinds.contains($0.kind) }
        }
    }
}
